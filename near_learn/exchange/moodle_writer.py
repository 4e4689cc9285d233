"""Moodle XML: writing questions, with the pictures they show."""

import base64
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from near_learn.content import Question
from near_learn.content.markdown_writer import number
from near_learn.exchange import cloze
from near_learn.exchange.bank import GAP
from near_learn.exchange.outgoing import Leaving, left_behind

NAMES = {"objective": "its learning objective", "see": "what to read again"}
TYPES = {
    "choice": "multichoice",
    "true-false": "truefalse",
    "matching": "matching",
    "ordering": "ordering",
    "numeric": "numerical",
    "short-answer": "essay",
    "reflection": "essay",
}
BLANK = re.compile(rf"\s*(?:<p>)?\s*{GAP}\s*(?:</p>)?\s*\Z")
PICTURE_HERE = "@@PLUGINFILE@@/"


def write(
    questions: Iterable[Question], category: str = "", media: Mapping[str, Path] | None = None
) -> tuple[str, list[str]]:
    """The text of a Moodle XML file, and a line for everything that is not in it. `media`: files by name."""
    notes: list[str] = []
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n']
    if category:
        where = escape(f"$course$/top/{category}")
        parts.append(
            f'  <question type="category">\n    <category><text>{where}</text></category>\n  </question>\n'
        )
    for question in questions:
        if question.kind == "likert":
            notes.append(
                f"{question.id}: the question does not go along: there is no right answer, "
                "which Moodle's questions do not know"
            )
            continue
        notes += [f"{question.id}: {note}" for note in left_behind(question, NAMES)]
        if question.kind == "reflection":
            notes.append(f"{question.id}: the reflection becomes an essay, which teachers can read")
        parts.append(_Writer(question, media or {}, notes).element())
    return "".join([*parts, "</quiz>\n"]), notes


class _Writer:
    """Writes one question."""

    def __init__(self, question: Question, media: Mapping[str, Path], notes: list[str]) -> None:
        self.question, self.media = question, media
        self.pictures: dict[str, Path] = {}  # those in the text that is being written
        self.leaving = Leaving(lambda message: notes.append(f"{question.id}: {message}"), self.picture)

    def picture(self, name: str) -> str:
        """The address of a picture, which goes along with the text it stands in."""
        if name in self.media:
            self.pictures[name] = self.media[name]
        else:
            self.leaving.say(f"the picture {name} is not there")
        return PICTURE_HERE + name

    def element(self) -> str:
        """The question element."""
        question = self.question
        body = self.body()
        kind = TYPES.get(question.kind) or ("shortanswer" if "<answer" in body else "cloze")
        lines = [
            f'  <question type="{kind}">',
            f"    <name><text>{escape(question.title)}</text></name>",
            self.text("questiontext", self.asked(kind)),
            self.text("generalfeedback", self.leaving.explanation(question)),
            *([] if kind == "cloze" else [f"    <defaultgrade>{number(question.weight)}</defaultgrade>"]),
            "    <penalty>0</penalty>",
            "    <hidden>0</hidden>",
            f"    <idnumber>{question.id}</idnumber>",
            body,
            *([self.text("hint", question.hint_html)] if question.hint_html else []),
            "  </question>",
        ]
        return "\n".join(line for line in lines if line) + "\n"

    def asked(self, kind: str) -> str:
        """The heading and the text; gaps as fields, or a single gap at the end as Moodle's own field."""
        text = self.leaving.asked(self.question)
        if kind == "shortanswer":
            return BLANK.sub("", text)
        for gap in self.question.gaps:
            text = text.replace(GAP, cloze.field(gap.accepted), 1)
        return text

    def body(self) -> str:
        """What is special about the kind."""
        question = self.question
        lines: list[str] = []
        if question.kind == "choice":
            lines += [
                f"    <single>{'false' if question.multiple else 'true'}</single>",
                f"    <shuffleanswers>{'false' if question.fixed else 'true'}</shuffleanswers>",
                "    <answernumbering>none</answernumbering>",
                *self.options(),
            ]
        elif question.kind == "true-false":
            right = question.right[0]
            lines += [
                self.answer(100 if word == right else 0, word, plain=True) for word in ("true", "false")
            ]
        elif question.kind == "gap" and len(question.gaps) == 1 and BLANK.search(question.stem_html):
            lines.append("    <usecase>0</usecase>")
            lines += [self.answer(100, text, plain=True) for text in question.gaps[0].accepted]
        elif question.kind == "matching":
            lines += ["    <shuffleanswers>true</shuffleanswers>", *self.pairs()]
        elif question.kind == "ordering":
            lines += [
                "    <layouttype>VERTICAL</layouttype>",
                "    <selecttype>ALL</selecttype>",
                "    <selectcount>0</selectcount>",
                "    <gradingtype>LONGEST_ORDERED_SUBSET</gradingtype>",
            ]
            lines += [self.answer(place, each.html) for place, each in enumerate(question.options, 1)]
        elif question.kind == "numeric" and question.range:
            low, value = question.range.low, question.range.value
            tolerance = f"<tolerance>{number(round(value - low, 9))}</tolerance>"
            lines.append(self.answer(100, number(value), plain=True, more=tolerance))
        elif question.kind in {"short-answer", "reflection"}:
            lines.append("    <responseformat>editor</responseformat>")
        return "\n".join(lines)

    def options(self) -> Iterable[str]:
        """The options of a choice with their marks."""
        share = 100 / len(self.question.right)
        wrong = -share if self.question.multiple else 0
        for option in self.question.options:
            feedback = self.text("feedback", option.feedback_html) if option.feedback_html else ""
            yield self.answer(share if option.correct else wrong, option.html, more=feedback)

    def pairs(self) -> Iterable[str]:
        """The pairs, then the right sides that fit nothing."""
        targets = {target.id: target.text for target in self.question.targets}
        for option in self.question.options:
            yield self.pair(option.html, targets[self.question.matches[option.id]])
        fitting = set(self.question.matches.values())
        yield from (self.pair("", text) for key, text in targets.items() if key not in fitting)

    def pair(self, left: str, right: str) -> str:
        """One pair; the right side is plain text in Moodle."""
        return self.text("subquestion", left, f"<answer><text>{escape(right)}</text></answer>")

    def answer(self, fraction: float, text: str, *, plain: bool = False, more: str = "") -> str:
        """An answer element."""
        kind = "moodle_auto_format" if plain else "html"
        words = text if plain else self.leaving.text(text)
        files = self.files()
        return (
            f'    <answer fraction="{fraction:.7g}" format="{kind}"><text>{escape(words)}</text>'
            f"{files}{more.strip()}</answer>"
        )

    def text(self, tag: str, source: str, more: str = "") -> str:
        """An element with HTML in it, and the files of the pictures there."""
        words = self.leaving.text(source)
        return f'    <{tag} format="html"><text>{escape(words)}</text>{self.files()}{more}</{tag}>'

    def files(self) -> str:
        """The pictures of the text written last."""
        found = "".join(
            f'<file name={quoteattr(name)} path="/" encoding="base64">'
            f"{base64.b64encode(path.read_bytes()).decode()}</file>"
            for name, path in self.pictures.items()
        )
        self.pictures = {}
        return found
