"""The result of an attempt: what was right and why, what to read again; and practising the weak parts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import abort, redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.wrappers import Response

from near_learn.content import ModuleText, Section
from near_learn.db import writing
from near_learn.people.access import signed_in
from near_learn.player import as_begun, checks, quiz, reading, review, standing, visit
from near_learn.player.blueprint import blueprint
from near_learn.player.box import Box, box
from near_learn.player.entry import Entry
from near_learn.player.review import Review
from near_learn.player.standing import ProgressRow
from near_learn.player.visit import Visit
from near_learn.records import Learner, Sitting, recorder

ATTEMPT = f"{reading.MODULE}/attempts/<int:number>"


@dataclass(frozen=True)
class Goal:
    """A learning objective and how much of its questions was right, 0 to 1."""

    text: str
    score: float


@blueprint.get(ATTEMPT)
def result(course: str, module: str, number: int) -> str:
    """An attempt of this learner: the score, and each question with what is right and why."""
    here, found = made(course, module, number)
    reviews = answered(here, number)
    unread = next((page for page in here.path if page.id not in here.done), None)
    return render_template(
        "player/result.html",
        visit=here,
        attempt=found,
        reviews=reviews,
        goals=goals(here.text, reviews),
        see={each.question.id: sections(here.text, each) for each in reviews if each.weak},
        before=before(here),
        unread=unread,
        where=quiz.where(here),
        address=lambda to: reading.address(here, to),
    )


@blueprint.get(f"{ATTEMPT}/practice")
def practice(course: str, module: str, number: int) -> str | Response:
    """The questions of the attempt that were not entirely right, once more; each is answered at once."""
    here, _ = made(course, module, number)
    if not weak(here, number):
        return redirect(url_for("player.result", course=course, module=module, number=number))
    return practice_page(here, number, {})


@blueprint.post(f"{ATTEMPT}/practice/<question>")
def practised(course: str, module: str, number: int, question: str) -> str | Response | tuple[str, int]:
    """Records the answer, which never changes the score, and shows what is right."""
    here, _ = made(course, module, number)
    asked = next((each.question for each in weak(here, number) if each.question.id == question), None)
    if asked is None:
        raise NotFound
    again = checks.take(here, asked)
    entries = {question: again} if again else {}
    if checks.FRAGMENT in request.headers:
        return checks.fragment(here, boxes(here, number, entries)[question])
    if again:
        return practice_page(here, number, entries), 200 if again.moved else 422
    address = url_for(
        "player.practice",
        course=course,
        module=module,
        number=number,
        since=since(),
        _anchor=reading.anchor(question),
    )
    return redirect(address)


@blueprint.post(f"{reading.MODULE}/texts/<question>")
def share_text(course: str, module: str, question: str) -> Response:
    """Shares a text of the learner's own, or takes it back; leads to the result it was written for."""
    here = visit.of(course, module)
    kept = here.texts.get(question)
    if kept is None:
        abort(404)
    learner = Learner.of(signed_in(), here.text.language)
    sitting = Sitting(learner, here.registration, here.course, here.module)
    with writing() as connection:
        shared = request.form.get("shared") == "1"
        recorder().share(connection, sitting, question, datetime.now(UTC), shared=shared)
    if not kept.attempt:
        return redirect(url_for("player.question", course=course, module=module, question=question))
    address = url_for(
        "player.result", course=course, module=module, number=kept.attempt, _anchor=reading.anchor(question)
    )
    return redirect(address)


def made(course: str, module: str, number: int) -> tuple[Visit, ProgressRow]:
    """This request's visit, and the attempt of that number; 404 when there is none."""
    now = visit.of(course, module)
    found = next((row for row in now.attempts if row.number == number), None)
    if found is None:
        abort(404)
    here = as_begun.as_of(now, found.release)
    if not here.text.quiz:
        abort(404)
    return here, found


def answered(here: Visit, number: int) -> list[Review]:
    """The answers of the attempt to questions that there still are. Of a pre-test none: they would teach."""
    if here.module.kind == "pre-test":
        return []
    given = standing.answers(here.registration, here.module.id, number)
    found = [
        review.of_attempt(
            here.module, each, here.registration, given[each.id].response, number, here.texts.get(each.id)
        )
        for each in here.text.quiz
        if each.id in given
    ]
    return [each for each in found if each is not None]


def weak(here: Visit, number: int) -> list[Review]:
    """What was not entirely right."""
    return [each for each in answered(here, number) if each.weak]


def goals(text: ModuleText, reviews: Iterable[Review]) -> list[Goal]:
    """How well each objective was reached that the questions of the attempt are about."""
    marked: dict[int, list[Review]] = {}
    for each in reviews:
        objective = each.question.objective
        if each.question.graded and objective is not None and objective <= len(text.objectives):
            marked.setdefault(objective, []).append(each)
    found = []
    for objective, of in sorted(marked.items()):
        weight = sum(each.question.weight for each in of)
        score = sum(each.question.weight * each.score for each in of)
        found.append(Goal(text.objectives[objective - 1], score / weight))
    return found


def sections(text: ModuleText, of: Review) -> list[Section]:
    """What to read again: what the author says, else where the text asks about the same objective."""
    if of.question.see:
        return [section for section in text.sections if section.id in of.question.see]
    if of.question.objective is None:
        return []
    return [
        section
        for section in text.sections
        if any(each.objective == of.question.objective for each in section.questions)
    ]


def before(here: Visit) -> ProgressRow | None:
    """For the result of a post-test: the attempt at the course's pre-test, if it was made."""
    if here.module.kind != "post-test":
        return None
    tests = [each.module.id for each in here.standing.instruments if each.module.kind == "pre-test"]
    found = [row for test in tests for row in standing.attempts(here.registration, test)]
    return found[0] if found and found[0].scaled is not None else None


def practice_page(here: Visit, number: int, entries: dict[str, Entry]) -> str:
    """The page on which the weak parts are practised."""
    return render_template(
        "player/practice.html",
        visit=here,
        number=number,
        boxes=boxes(here, number, entries),
        wrong=next(iter(entries), "") if any(each.problem for each in entries.values()) else "",
    )


def boxes(here: Visit, number: int, entries: dict[str, Entry]) -> dict[str, Box]:
    """The questions to practise, by id: fresh, or as they were answered since the page was first opened."""
    given = standing.answers(here.registration, here.module.id, 0)
    begun = datetime.fromtimestamp(since(), UTC)
    return {
        each.question.id: box(
            here.module,
            each.question,
            here.registration,
            given.get(each.question.id),
            None,
            url_for(
                "player.practised",
                course=here.course.id,
                module=here.module.id,
                number=number,
                question=each.question.id,
                since=since(),
            ),
            entries.get(each.question.id),
            practised_since=begun,
        )
        for each in weak(here, number)
    }


def since() -> int:
    """When this round of practice began, in seconds since 1970: what was answered before does not show."""
    try:
        asked = int(request.args.get("since", ""))
    except ValueError:
        return int(datetime.now(UTC).timestamp())
    if not 0 <= asked < 10**11:
        raise BadRequest("since: expected a time")
    return asked
