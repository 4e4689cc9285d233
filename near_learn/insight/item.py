"""How a question does: how hard it is, whether it tells those who know from those who don't, what tempts.

The figures of classical test theory, over first answers: difficulty is the mean score, discrimination the
correlation of the question's score with the mean score of the other questions of the same attempt.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import StatisticsError, correlation, fmean, median

from near_learn.content import Question
from near_learn.insight.sample import Given

# Fewer pairs of scores say nothing about how two things go together.
ENOUGH = 10
MANY = 50

# Longer lists of what was written help nobody.
MOST_ANSWERS = 8


class Remark(StrEnum):
    """What a trainer should look at."""

    KEY = "key"  # those who do well elsewhere get it wrong: is the right answer right?
    WEAK = "weak"  # it hardly tells those who know from those who don't
    EASY = "easy"
    HARD = "hard"
    UNTEMPTING = "untempting"  # wrong options that nobody takes


@dataclass(frozen=True)
class Chosen:
    """An answer and how many gave it; of an option also whether it is right."""

    text: str
    count: int
    share: float
    correct: bool | None
    others: float | None  # mean score of those who gave it in the other questions; None: too few


@dataclass(frozen=True)
class Item:
    """A question with its figures. What cannot be said is None."""

    question: Question
    answered: int
    difficulty: float | None = None  # mean score, 0 to 1: the higher, the easier
    right: float | None = None  # share of entirely right answers
    discrimination: float | None = None
    seconds: float | None = None  # median
    chosen: tuple[Chosen, ...] = ()
    mean: float | None = None  # of a scale: mean position, counted from 1
    remarks: tuple[Remark, ...] = ()


def item(question: Question, given: Sequence[Given], others: Mapping[str, float], least: int) -> Item:
    """The figures of a question. OTHERS: by registration, the mean score of its other questions.

    An answer in the learner's own words is listed when at least LEAST people gave the same one.
    """
    if not given:
        return Item(question, 0)
    scores = [each.score for each in given if each.score is not None]
    timed = [each.seconds for each in given if each.seconds is not None]
    difficulty = fmean(scores) if scores else None
    discrimination = _discrimination(given, others)
    chosen = _chosen(question, given, others, least)
    return Item(
        question=question,
        answered=len(given),
        difficulty=difficulty,
        right=_right(given) if question.graded else None,
        discrimination=discrimination,
        seconds=median(timed) if len(timed) >= least else None,
        chosen=chosen,
        mean=_position(question, given) if question.kind == "likert" else None,
        remarks=tuple(_remarks(difficulty, discrimination, chosen, len(given))),
    )


def rest(given: Mapping[str, Sequence[Given]], weights: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """For each question, by registration: the mean score of the attempt's other questions, by weight."""
    total: dict[str, tuple[float, float]] = {}
    for question, rows in given.items():
        for row in rows:
            if row.score is not None:
                points, weight = total.get(row.registration, (0.0, 0.0))
                total[row.registration] = (
                    points + weights[question] * row.score,
                    weight + weights[question],
                )
    found: dict[str, dict[str, float]] = {}
    for question, rows in given.items():
        own = weights[question]
        found[question] = {
            row.registration: (total[row.registration][0] - own * row.score)
            / (total[row.registration][1] - own)
            for row in rows
            if row.score is not None and total[row.registration][1] > own
        }
    return found


def _right(given: Sequence[Given]) -> float:
    """The share that was entirely right, at the first try."""
    return sum(bool(each.success) and each.tries == 1 for each in given) / len(given)


def _discrimination(given: Sequence[Given], others: Mapping[str, float]) -> float | None:
    pairs = [
        (each.score, others[each.registration])
        for each in given
        if each.score is not None and each.registration in others
    ]
    if len(pairs) < ENOUGH:
        return None
    try:
        return correlation([score for score, _ in pairs], [other for _, other in pairs])
    except StatisticsError:  # everybody scored the same
        return None


def _chosen(
    question: Question, given: Sequence[Given], others: Mapping[str, float], least: int
) -> tuple[Chosen, ...]:
    if question.options and question.kind in {"choice", "true-false", "likert"}:
        return tuple(
            _of_option(question, option.id, option.text, option.correct, given, others, least)
            for option in question.options
        )
    if question.private:
        return ()
    counted = Counter(each.response for each in given if each.response)
    return tuple(
        Chosen(readable(question, response), count, count / len(given), None, None)
        for response, count in counted.most_common(MOST_ANSWERS)
        if count >= least
    )


def _of_option(
    question: Question,
    id_: str,
    text: str,
    correct: bool,
    given: Sequence[Given],
    others: Mapping[str, float],
    least: int,
) -> Chosen:
    takers = [each for each in given if id_ in question.split(each.response)]
    means = [others[each.registration] for each in takers if each.registration in others]
    return Chosen(
        text=text or id_,
        count=len(takers),
        share=len(takers) / len(given),
        correct=correct if question.graded else None,
        others=fmean(means) if len(means) >= max(least, 2) else None,
    )


def readable(question: Question, response: str) -> str:
    """A response in words: texts of options instead of their ids."""
    texts = {each.id: each.text for each in question.options}
    texts |= {each.id: each.text for each in question.targets}
    if question.kind == "matching":
        pairs = [part.split("[.]") for part in question.split(response)]
        return "; ".join(" → ".join(texts.get(each, each) for each in pair) for pair in pairs)
    if question.kind == "ordering":
        return " → ".join(texts.get(each, each) for each in question.split(response))
    return " | ".join(question.split(response))


def _position(question: Question, given: Sequence[Given]) -> float | None:
    places = {option.id: number for number, option in enumerate(question.options, start=1)}
    known = [places[each.response] for each in given if each.response in places]
    return fmean(known) if known else None


def _remarks(
    difficulty: float | None, discrimination: float | None, chosen: Sequence[Chosen], answered: int
) -> list[Remark]:
    found = []
    if discrimination is not None and discrimination < 0:
        found.append(Remark.KEY)
    elif discrimination is not None and discrimination < 0.1:
        found.append(Remark.WEAK)
    if difficulty is not None and answered >= ENOUGH:
        found += [Remark.EASY] if difficulty > 0.95 else [Remark.HARD] if difficulty < 0.3 else []
    if answered >= MANY and any(each.correct is False and each.share < 0.02 for each in chosen):
        found.append(Remark.UNTEMPTING)
    return found
