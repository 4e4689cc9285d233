"""Moodle XML: reading, one function a type of question; what a course file cannot hold is noted."""

import re
from collections.abc import Callable, Mapping

from near_learn.exchange import cloze, elements
from near_learn.exchange.bank import MOST_QUESTIONS, Bank, BankAnswer, BankQuestion, Text
from near_learn.exchange.elements import Element

FORMATS = {"plain_text": "plain", "moodle_auto_format": "moodle", "markdown": "markdown"}
FALSE = {"0", "false"}
# What Moodle itself writes there when nobody has.
STANDARD = {
    "your answer is correct.",
    "your answer is partially correct.",
    "your answer is incorrect.",
}


def read(data: bytes) -> Bank:
    """The questions of a Moodle XML file; what is lost is in the notes. Raises Unreadable."""
    bank = Bank()
    category = ""
    for element in elements.read(data, root="quiz").all("question"):
        kind = element.attributes.get("type", "")
        if kind == "category":
            category = element.words("category", "text").removeprefix("$course$/").removeprefix("top/")
            continue
        if len(bank.questions) == MOST_QUESTIONS:
            bank.note(element.line, f"the file has more than {MOST_QUESTIONS} questions; divide it")
            break
        name = element.words("name", "text") or _content(element, "questiontext").text
        reader = TYPES.get(kind)
        try:
            if reader is None:
                raise ValueError(UNHELD.get(kind, f"questions of the type {kind[:40]!r} cannot be held here"))
            bank.questions.append(reader(_Source(bank, element, category)))
        except ValueError as error:
            bank.note(element.line, f"“{' '.join(name.split())[:50]}” is not taken over: {error}")
    return bank


UNHELD: Mapping[str, str] = {
    "description": "it is a text without a question; put it into a section of the module",
    "calculated": "its numbers are made anew for everybody, which cannot be held here",
    "calculatedsimple": "its numbers are made anew for everybody, which cannot be held here",
    "calculatedmulti": "its numbers are made anew for everybody, which cannot be held here",
    "ddwtos": "its words are dragged into a text; write it as a question with gaps",
    "gapselect": "its words are chosen from lists; write it as a question with gaps",
    "ddmarker": "something is dragged onto a picture, which not everybody can",
    "ddimageortext": "something is dragged onto a picture, which not everybody can",
    "randomsamatch": "it is made of other questions at random",
    "random": "it stands for other questions at random; let the module draw them",
}


class _Source:
    """A question element, and what all types have in common."""

    def __init__(self, bank: Bank, element: Element, category: str) -> None:
        self.bank, self.element, self.category = bank, element, category
        self.name = " ".join(element.words("name", "text").split())

    def note(self, message: str, line: int = 0) -> None:
        """Notes something that is lost."""
        self.bank.note(line or self.element.line, f"“{self.name[:50]}”: {message}")

    def answers(self) -> list[BankAnswer]:
        """The answers with their marks."""
        return [
            BankAnswer(
                _text(each),
                _number(each.attributes.get("fraction", "0"), "fraction") / 100,
                _content(each, "feedback"),
                tolerance=_number(each.words("tolerance") or "0", "tolerance"),
            )
            for each in self.element.all("answer")
        ]

    def made(
        self,
        kind: str,
        *,
        answers: list[BankAnswer] | None = None,
        gaps: list[list[BankAnswer]] | None = None,
        text: Text | None = None,
        single: bool | None = None,
    ) -> BankQuestion:
        """The question, with what stands beside its answers."""
        self._losses()
        element = self.element
        shuffled = element.words("shuffleanswers").casefold()
        return BankQuestion(
            line=element.line,
            kind=kind,
            text=text or _content(element, "questiontext"),
            name=self.name,
            id=element.words("idnumber"),
            answers=answers or [],
            gaps=gaps or [],
            single=single,
            explanation=_content(element, "generalfeedback"),
            hints=[_text(hint) for hint in element.all("hint")],
            weight=_number(element.words("defaultgrade") or "1", "defaultgrade")
            if kind != "short-answer"
            else 1,
            fixed=shuffled in FALSE,
            category=self.category,
        )

    def _losses(self) -> None:
        for tag in ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback"):
            words = re.sub(r"<[^>]*>", "", _content(self.element, tag).text).strip()
            if words and words.casefold() not in STANDARD:
                self.note(f"the feedback on the whole ({tag}) is not taken over: “{words[:60]}”")
        if tags := [tag.words("text") for group in self.element.all("tags") for tag in group.all("tag")]:
            self.note(f"its tags are not taken over: {', '.join(tags)[:80]}")
        for file in self.element.below("file"):
            name = file.attributes.get("name", "")[:60]
            self.note(f"the file {name} is not taken over; put it into the module's media folder", file.line)


def _choice(source: _Source) -> BankQuestion:
    single = source.element.words("single").casefold()
    return source.made("choice", answers=source.answers(), single=single not in FALSE)


def _true_false(source: _Source) -> BankQuestion:
    answers = source.answers()
    if sorted(each.text.text.strip().casefold() for each in answers) != ["false", "true"]:
        raise ValueError("its answers are not `true` and `false`")
    return source.made("true-false", answers=answers)


def _short_answer(source: _Source) -> BankQuestion:
    if source.element.words("usecase") == "1":
        source.note("capitals counted there; here they do not")
    return source.made("gap", answers=source.answers())


def _matching(source: _Source) -> BankQuestion:
    pairs = [
        # The right sides are plain text in Moodle.
        BankAnswer(_text(each), match=Text(each.words("answer", "text"), "plain"))
        for each in source.element.all("subquestion")
    ]
    return source.made("matching", answers=pairs)


def _numerical(source: _Source) -> BankQuestion:
    if any(source.element.below("unit")):
        source.note("its units are not taken over; say in the text in which unit to answer")
    return source.made("numeric", answers=source.answers())


def _essay(source: _Source) -> BankQuestion:
    for tag, what in (
        ("graderinfo", "the notes for markers"),
        ("responsetemplate", "the text to begin with"),
    ):
        words = re.sub(r"<[^>]*>", "", _content(source.element, tag).text).strip()
        if words:
            source.note(f"{what} are not taken over: “{words[:60]}”")
    return source.made("short-answer")


def _cloze(source: _Source) -> BankQuestion:
    asked = _content(source.element, "questiontext")
    text, gaps = cloze.gaps(asked.text, source.note)
    return source.made("gap", text=Text(text, asked.format), gaps=gaps)


def _ordering(source: _Source) -> BankQuestion:
    answers = source.answers()
    # The numbers that are shares of a mark in other types say the place here.
    if len({each.fraction for each in answers}) == len(answers):
        answers.sort(key=lambda each: each.fraction)
    return source.made("ordering", answers=answers)


TYPES: Mapping[str, Callable[[_Source], BankQuestion]] = {
    "multichoice": _choice,
    "truefalse": _true_false,
    "shortanswer": _short_answer,
    "matching": _matching,
    "match": _matching,
    "numerical": _numerical,
    "essay": _essay,
    "cloze": _cloze,
    "multianswer": _cloze,
    "ordering": _ordering,
}


def _content(element: Element, tag: str) -> Text:
    """The text in a child element."""
    found = next(element.all(tag), None)
    return _text(found) if found else Text()


def _text(element: Element) -> Text:
    """The text of an element: in its child `text`, or, as old files have it, directly in it."""
    named = element.attributes.get("format", "html")
    words = next((each.text for each in element.all("text")), element.text)
    return Text(words.strip(), FORMATS.get(named, named))


def _number(text: str, name: str) -> float:
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError as error:
        raise ValueError(f"{name}: {text[:40]!r} is not a number") from error
    if not -1e12 <= value <= 1e12:
        raise ValueError(f"{name}: {text[:40]!r} is too large")
    return value
