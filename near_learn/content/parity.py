"""What a translation must share with the English text, so that answers mean the same in every language."""

from collections.abc import Sequence

from near_learn.content.draft import Draft, DraftOption, DraftQuestion, DraftSection
from near_learn.content.kinds import KINDS
from near_learn.content.problem import Report

# Entries that a translation repeats from the English file, or leaves out.
SHARED = (
    "kind",
    "minutes",
    "pass_mark",
    "attempts",
    "cool_down_hours",
    "shuffle",
    "draw",
    "weeks",
)


def compare(english: Draft, translation: Draft, report: Report) -> None:
    """Notes every difference that matters between a translation and its English text."""
    _front(english, translation, report)
    _order("section", _ids(english.sections), _ids(translation.sections), translation, report)
    theirs = {section.id: section for section in translation.sections}
    for section in english.sections:
        if section.id in theirs:
            _section(section, theirs[section.id], translation, report)


def _ids(sections: Sequence[DraftSection]) -> list[str]:
    return [section.id for section in sections]


def _front(english: Draft, translation: Draft, report: Report) -> None:
    front = translation.front
    if front["id"] != english.front["id"]:
        report.error(
            front.line("id"), f"the id is not that of the English file; write id: {english.front['id']}"
        )
    for key in SHARED:
        if key in front.lines and front[key] != english.front[key]:
            report.error(
                front.line(key),
                f"{key} differs from the English file; take the line out, it counts for all languages",
            )
    objectives, source = len(front["objectives"]), len(english.front["objectives"])
    if objectives != source:
        report.warning(
            front.line("objectives"),
            f"there are {objectives} objectives and {source} in English; translate each",
        )
    version, current = front["source_version"], english.front["version"]
    if version < current:
        report.warning(
            front.line("source_version"),
            f"the translation stands for version {version} and the English text is at {current}; "
            f"bring it up to date, then write source_version: {current}",
        )
    elif version > current:
        report.warning(
            front.line("source_version"),
            f"there is no English version {version}; write source_version: {current}",
        )


def _order(
    noun: str, expected: list[str], found: list[str], translation: Draft, report: Report, line: int = 1
) -> None:
    """Notes ids that are missing, that are too many, or that stand in another order."""
    if found == expected:
        return
    lines = _lines(translation)
    for identifier in expected:
        if identifier not in found:
            report.error(
                line,
                f"the {noun} {identifier} of the English file is missing; add it, with {{#{identifier}}}",
            )
    for identifier in found:
        if identifier and identifier not in expected:
            report.error(
                lines.get(identifier, line),
                f"the English file has no {noun} {identifier} here; use the id that it has there",
            )
    both = [identifier for identifier in found if identifier in expected]
    if both != [identifier for identifier in expected if identifier in found]:
        report.error(
            lines.get(both[0], line),
            f"each {noun} stands in another order than in English; use the same order",
        )


def _lines(draft: Draft) -> dict[str, int]:
    lines = {}
    for section in draft.sections:
        lines[section.id] = section.heading.line
        lines |= {heading.id: heading.line for heading in section.headings if heading.id}
        lines |= {question.id: question.heading.line for question in section.questions}
    return lines


def _section(english: DraftSection, theirs: DraftSection, translation: Draft, report: Report) -> None:
    line = theirs.heading.line
    expected = [question.id for question in english.questions]
    found = [question.id for question in theirs.questions]
    _order("question", expected, found, translation, report, line)
    headings = [heading.id for heading in english.headings if heading.id]
    _order("heading", headings, [h.id for h in theirs.headings if h.id], translation, report, line)
    questions = {question.id: question for question in theirs.questions}
    for question in english.questions:
        if question.id in questions:
            _question(question, questions[question.id], report)


def complete(english: Draft, translation: Draft) -> None:
    """Gives the questions of a translation the attributes of the English ones: they count everywhere."""
    attributes = {
        question.id: question.attributes for section in english.sections for question in section.questions
    }
    for section in translation.sections:
        for question in section.questions:
            question.attributes = attributes.get(question.id, question.attributes)


def _question(english: DraftQuestion, theirs: DraftQuestion, report: Report) -> None:
    line = theirs.heading.line
    if english.kind != theirs.kind:
        report.error(line, "the question is of another kind than in English; write it like the English one")
        return
    for name in sorted(theirs.attributes.written):
        if getattr(theirs.attributes, name) != getattr(english.attributes, name):
            report.error(
                line,
                f"{name} differs from the English file; take it out, it counts for all languages",
            )
    _answers(english, theirs, report)
    for part, name in (("hint", "a hint"), ("explanation", "an explanation")):
        if getattr(english, part).blank != getattr(theirs, part).blank:
            there = f"has no {part}" if getattr(english, part).blank else f"has {name}"
            report.warning(line, f"in English this question {there}; do the same here")


def _answers(english: DraftQuestion, theirs: DraftQuestion, report: Report) -> None:
    """There must be as many answers, and the right ones in the same places."""
    line, noun = theirs.heading.line, f"{KINDS[english.kind].reader.noun}s"
    pairs = ((noun, "options"), ("right sides", "targets"), ("gaps", "gaps"))
    for name, part in pairs:
        here, there = len(getattr(theirs, part)), len(getattr(english, part))
        if here != there:
            report.error(line, f"there are {here} {name} and {there} in English; translate each")
            return
    if english.range != theirs.range:
        report.error(line, "the numbers after = differ from the English file; write the same")
    if english.kind == "true-false":
        if _right(english) != _right(theirs):
            report.error(line, f"in English the answer is `= {_right(english)}`; write the same")
        return
    for ours, other in zip(english.options, theirs.options, strict=True):
        _option(ours, other, report)


def _right(question: DraftQuestion) -> str:
    return next((option.id or "" for option in question.options if option.correct), "")


def _option(ours: DraftOption, other: DraftOption, report: Report) -> None:
    if ours.correct != other.correct:
        should = "right, `- [x]`" if ours.correct else "not right, `- [ ]`"
        report.error(other.line, f"in English this option is {should}; mark it the same, in the same order")
    if ours.id != other.id:
        report.error(other.line, f"in English this option has the id {ours.id}; give it the same")
    if ours.target != other.target:
        report.error(
            other.line, "in English the right sides that fit nothing stand elsewhere; keep their places"
        )
    if bool(ours.feedback.lines) != bool(other.feedback.lines):
        there, here = ("has", "none") if ours.feedback.lines else ("has no", "some")
        report.warning(
            other.line, f"in English this option {there} feedback and here {here}; make them alike"
        )
