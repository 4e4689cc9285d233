"""How an automated learner answers a question of any kind in a browser, with or without a script."""

from __future__ import annotations

from collections.abc import Sequence

from playwright.sync_api import Locator, Page, expect

from near_learn.content import Question
from near_learn.content.question import PAIRED


def answer(page: Page, question: Question, response: Sequence[str]) -> None:
    """Enters the response where this question is asked, once it is. Nothing is sent."""
    place = page.locator(f"#q-{question.id}")
    if question.kind in {"choice", "true-false", "likert"}:
        for option in response:
            place.locator(f"input[name=answer][value='{option}']").check()
    elif question.kind == "matching":
        for left, right in (pair.split(PAIRED) for pair in response):
            place.locator(f"select[name='match-{left}']").select_option(right)
    elif question.kind == "gap":
        for gap, text in zip(question.gaps, response, strict=True):
            place.locator(f"input[name='gap-{gap.id}']").fill(text)
    elif question.kind == "ordering":
        _arrange(place, response)
    else:
        place.locator("input[name=answer], textarea[name=answer]").fill(response[0])


def _arrange(place: Locator, wanted: Sequence[str]) -> None:
    """Moves the items up until they stand in this order. Without a script every move is a new page."""
    items = place.locator("input[name=order]")
    for to, item in enumerate(wanted):
        expect(items).to_have_count(len(wanted), timeout=20_000)
        at = [each.input_value() for each in items.all()].index(item)
        while at > to:
            place.locator(f"button[name=move][value='{item}:up']").click()
            at -= 1
            expect(items.nth(at)).to_have_value(item, timeout=20_000)


def wrong(question: Question) -> tuple[str, ...]:
    """A response without anything right in it."""
    if question.kind == "matching":
        others = {
            left: next(target.id for target in question.targets if target.id != right)
            for left, right in question.matches.items()
        }
        return tuple(f"{left}{PAIRED}{right}" for left, right in others.items())
    if question.kind == "ordering":
        return tuple(reversed(question.right))
    if question.kind == "gap":
        return tuple("something else" for _ in question.gaps)
    if question.range is not None:
        return (f"{question.range.high + 1000:g}",)
    return (next(option.id for option in question.options if not option.correct),)
