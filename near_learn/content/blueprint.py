"""What the questions of a module owe to its front matter: objectives, draws, and two tests that are alike."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Protocol

from near_learn.content.draft import QUIZ, Draft, DraftQuestion
from near_learn.content.near import meant
from near_learn.content.problem import Report
from near_learn.content.question import UNGRADED
from near_learn.content.values import INSTRUMENTS, TESTS

# Of these a course has one at most.
ONCE = (*TESTS, "diagnosis")


def check(draft: Draft, report: Report) -> None:
    """Notes what is wrong between an English text's front matter and its questions."""
    quiz = draft.quiz.questions if draft.quiz else []
    if draft.front["kind"] in INSTRUMENTS:
        _instrument(draft, quiz, report)
    elif not report.broken and not quiz:
        report.warning(1, f"the module has no quiz; add `## Quiz {{#{QUIZ}}}` with questions under it")
    _attributes(draft, report)
    if draft.front["draw"] is not None:
        _draw(draft, _graded(quiz), report)


def _graded(questions: Iterable[DraftQuestion]) -> list[DraftQuestion]:
    return [question for question in questions if question.kind not in UNGRADED]


def _attributes(draft: Draft, report: Report) -> None:
    """The objectives and sections that questions name must be there."""
    objectives = len(draft.front["objectives"])
    sections = [section.id for section in draft.sections if section.id != QUIZ]
    for section in draft.sections:
        for question in section.questions:
            line, given = question.heading.line, question.attributes
            if given.objective and given.objective > objectives:
                there = f"has {objectives}" if objectives else "has none"
                report.error(
                    line,
                    f"objective={given.objective}: the front matter {there} under objectives:; "
                    "add it there, or correct the number",
                )
            for identifier in given.see:
                if identifier not in sections:
                    report.error(line, _no_section(identifier, sections))
            if "weight" in given.written and section.id != QUIZ:
                report.warning(
                    line, "a knowledge check does not count, so its weight has no effect; take it out"
                )


def _no_section(identifier: str, sections: Collection[str]) -> str:
    if not sections:
        return f"see={identifier}: there is no section to read again here; take it out"
    near = meant(identifier, sections)
    advice = f"did you mean {near}?" if near else f"use the id of a ## heading: {', '.join(sections)}"
    return f"see={identifier}: there is no section with this id; {advice}"


def _draw(draft: Draft, quiz: Sequence[DraftQuestion], report: Report) -> None:
    """There must be more questions than are drawn."""
    line, draw = draft.front.line("draw"), draft.front["draw"]
    if isinstance(draw, int):
        if draw > len(quiz):
            report.error(
                line,
                f"draw: {draw} is more than the quiz has to draw from, {len(quiz)}; write fewer",
            )
        elif draw == len(quiz):
            report.warning(line, f"the quiz has {draw} questions to draw from, so draw: leaves none out")
        return
    objectives = len(draft.front["objectives"])
    pools = Counter(question.attributes.objective for question in quiz)
    for objective, number in draw.items():
        if objective > objectives:
            report.error(line, f"draw: there is no objective {objective}; the front matter has {objectives}")
        elif number > pools[objective]:
            report.error(
                line,
                f"draw: {number} is more than the quiz has for objective {objective}, {pools[objective]}; "
                f"write a smaller number, or add questions with objective={objective}",
            )
    for question in quiz:
        if question.attributes.objective not in draw:
            report.warning(
                question.heading.line,
                "the question is never drawn; give it an objective that draw: names, with objective=1",
            )


# --- instruments --------------------------------------------------------------------------------


def _instrument(draft: Draft, quiz: Sequence[DraftQuestion], report: Report) -> None:
    """One section with questions; in a test each measures an objective."""
    front = draft.front
    kind = front["kind"]
    for section in draft.sections:
        if section.id != QUIZ:
            report.error(
                section.heading.line,
                f"a {kind} has one section, `## Title {{#{QUIZ}}}`; move this text before its questions",
            )
    if not quiz and not report.broken:
        report.error(1, f"the {kind} has no questions; write them under `## Title {{#{QUIZ}}}`")
    if front.values["weeks"] is not None and kind != "follow-up":
        report.error(front.line("weeks"), "only a follow-up comes weeks later; take the line out")
    if kind not in TESTS:
        return
    if quiz and not _graded(quiz):
        report.error(1, f"no question of the {kind} has a right answer; add one, or make it a survey")
    for question in quiz:
        if question.attributes.objective is None:
            report.error(
                question.heading.line,
                "every question of a test measures an objective; write its number in the braces: objective=1",
            )


class Folder(Protocol):
    """A module's folder as it was read."""

    @property
    def name(self) -> str: ...

    @property
    def english(self) -> Draft | None: ...

    @property
    def report(self) -> Report: ...


def placed(folders: Iterable[Folder], instruments: Collection[str] | None) -> None:
    """Notes modules among the instruments and the other way round, second tests, and tests that differ.

    `instruments` are the folders that course.md names as such; None when it cannot be read.
    """
    first: dict[str, Folder] = {}
    for folder in folders:
        if folder.english is None:
            continue
        kind, line = folder.english.front["kind"], folder.english.front.line("kind")
        if instruments is not None and kind in INSTRUMENTS and folder.name not in instruments:
            folder.report.error(
                line, f"a {kind} is no module; name its folder under instruments: in course.md"
            )
        elif instruments is not None and kind not in INSTRUMENTS and folder.name in instruments:
            folder.report.error(
                line,
                f"course.md names this folder under instruments:, and {kind} is a module; write one of "
                f"{', '.join(INSTRUMENTS)}, or name it under modules:",
            )
        other = first.setdefault(kind, folder) if kind in ONCE else folder
        if other is not folder:
            folder.report.error(line, f"the course has a {kind} already, in {other.name}; keep one")
    pre, post = (first.get(kind) for kind in TESTS)
    if pre and post and pre.english and post.english:
        _parallel(pre.english, post.english, post.report)


def _parallel(pre: Draft, post: Draft, report: Report) -> None:
    """Both tests follow one blueprint: as many questions of each kind for each objective, but other ones."""
    before, after = len(pre.front["objectives"]), len(post.front["objectives"])
    if before != after:
        report.error(
            post.front.line("objectives"),
            f"there are {after} objectives and {before} in the pre-test; both tests measure the same ones",
        )
    ours, theirs = _cells(pre), _cells(post)
    line = post.quiz.heading.line if post.quiz else 1
    for objective, kind in sorted(ours.keys() | theirs.keys()):
        expected, there = ours[objective, kind], theirs[objective, kind]
        if expected != there:
            report.error(
                line,
                f"objective {objective}: the pre-test has {expected} of kind {kind} and this has {there}; "
                "both tests need the same number, so that their results can be compared",
            )
    asked = {question.id: question for question in _questions(pre)}
    texts = {_wording(question) for question in asked.values()}
    for question in _questions(post):
        if question.id in asked:
            report.error(
                question.heading.line,
                f"the question {question.id} is in the pre-test too; ask another one, with an id of its own",
            )
        elif _wording(question) in texts:
            report.warning(
                question.heading.line, "the pre-test asks the same in the same words; ask in another way"
            )


def _questions(draft: Draft) -> list[DraftQuestion]:
    return draft.quiz.questions if draft.quiz else []


def _cells(draft: Draft) -> Counter[tuple[int, str]]:
    """The number of questions by objective and kind."""
    return Counter((question.attributes.objective or 0, question.kind) for question in _questions(draft))


def _wording(question: DraftQuestion) -> tuple[str, ...]:
    texts = (question.heading.title, question.stem.text, *(option.text.text for option in question.options))
    return tuple(" ".join(text.split()).casefold() for text in texts)
