"""A question as Markdown in a course file: what the question form and the import of questions write."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from near_learn.content.entries import CannotWrite
from near_learn.content.question import Range
from near_learn.content.source import forbidden
from near_learn.content.values import ID, LONGEST_ID

# The kinds in which each answer may have its own feedback.
WITH_FEEDBACK = frozenset({"choice", "matching", "likert"})
# `choice` needs no mark; its brackets say it.
MARKED = frozenset(
    {"true-false", "gap", "matching", "ordering", "numeric", "likert", "short-answer", "reflection"}
)
# An address becomes a link as it is.
ADDRESS = re.compile(r"(https?://[^\s<>\\`*\[\]{}$|]+)")
# Signs that mean something wherever they stand, and an & that begins a character reference.
SIGNS = re.compile(r"[\\*_`\[\]<{}$|]")
REFERENCE = re.compile(r"&(?=(?:#[0-9]+|#x[0-9a-f]+|[0-9a-z]+);)", re.IGNORECASE)
# Signs that mean something at the beginning of a line. Some of them no backslash takes that away from.
NUMBERED = re.compile(r"(\d+)(?=[.)](?: |\Z))")
BEGINNING = re.compile(r"[#>+!-]")
CODED = re.compile(r"=+|\?{2,}|~{3,}|:+(?= )")


@dataclass(frozen=True)
class Answer:
    """One line of answers. All texts are Markdown."""

    text: str = ""  # empty in a matching question for a right-hand side that fits nothing
    correct: bool = False  # choice only
    feedback: str = ""
    id: str = ""  # written only when given; the position gives it otherwise
    match: str = ""  # matching: the right-hand side


@dataclass(frozen=True)
class Written:
    """A question as its author writes it, in Markdown; gaps stand in the stem as `[[right|also right]]`."""

    id: str
    title: str
    kind: str = "choice"
    stem: str = ""
    answers: tuple[Answer, ...] = ()  # ordering: in the right order
    truth: bool = True  # true-false only: what is right
    range: Range | None = None  # numeric only
    explanation: str = ""
    hint: str = ""
    weight: float = 1.0
    objective: int | None = None
    see: tuple[str, ...] = ()
    fixed: bool = False


def question(written: Written) -> str:
    """The lines of the question, from its heading to its explanation, with a line break at the end.

    Raises CannotWrite for an id, a title or a kind that no file may have, and for feedback where there can be
    none. Whether the whole is a good question (two options, one of them right …) is for the checker to say.
    """
    _check(written)
    blocks = [f"### {_line(written.title)} {{{_attributes(written)}}}", written.stem.strip("\n")]
    if written.hint.strip():
        blocks.append("??? hint\n" + _prefixed(written.hint, "    "))
    blocks.append("\n".join(_answers(written)))
    if written.explanation.strip():
        blocks.append(_prefixed(written.explanation, "> "))
    return "\n\n".join(block.rstrip() for block in blocks if block.strip()) + "\n"


def number(value: float) -> str:
    """A number as people write it, without an exponent: `12`, `0.001`."""
    text = format(Decimal(repr(float(value))), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def escaped(text: str) -> str:
    """Plain text as Markdown that shows just this text."""
    return "\n".join(escaped_start(escaped_inline(line)) for line in text.split("\n"))


def escaped_inline(text: str) -> str:
    """Plain text for the middle of a line."""
    parts = ADDRESS.split(text)
    parts[::2] = [REFERENCE.sub("`&`", SIGNS.sub(r"\\\g<0>", part)) for part in parts[::2]]
    return "".join(parts)


def escaped_start(line: str, *, alone: bool = True) -> str:
    """A line whose beginning means nothing; the rest of it stays as it is.

    Not `alone` is a line that will stand behind something else, such as the brackets of an option.
    """
    text = line.lstrip()
    space = line[: len(line) - len(text)]
    if BEGINNING.match(text):
        return f"{space}\\{text}"
    if (coded := CODED.match(text)) and (alone or not text.startswith("=")):
        return f"{space}`{coded[0]}`{text[coded.end() :]}"
    return space + NUMBERED.sub(r"\1\\", text, count=1) if NUMBERED.match(text) else line


def _check(written: Written) -> None:
    if not ID.match(written.id) or len(written.id) > LONGEST_ID:
        raise CannotWrite(
            f"{written.id[:80]!r} cannot be the id of a question; "
            "use small letters a to z, digits and hyphens"
        )
    if not written.title.strip():
        raise CannotWrite("the question has no text; write what is asked")
    if written.kind != "choice" and written.kind not in MARKED:
        raise CannotWrite(f"there is no kind of question {written.kind!r}")
    if written.kind not in WITH_FEEDBACK and any(answer.feedback.strip() for answer in written.answers):
        raise CannotWrite(
            "only choice, matching and likert have feedback for each answer; use the explanation"
        )
    if any(forbidden(text) for text in _texts(written)):
        raise CannotWrite("there is an invisible character in the question; type the text anew")


def _texts(written: Written) -> Iterator[str]:
    yield from (written.title, written.stem, written.hint, written.explanation)
    for answer in written.answers:
        yield from (answer.text, answer.feedback, answer.match)


def _attributes(written: Written) -> str:
    found = [f"#{written.id}"]
    if written.kind in MARKED:
        found.append(f".{written.kind}")
    if written.weight != 1:
        found.append(f"weight={number(written.weight)}")
    if written.objective is not None:
        found.append(f"objective={written.objective}")
    if written.see:
        found.append(f"see={','.join(written.see)}")
    if written.fixed:
        found.append("fixed")
    return " ".join(found)


def _answers(written: Written) -> Iterator[str]:
    """The lines of the answers; none for kinds that are answered in the learner's own words."""
    if written.kind == "true-false":
        yield f"= {str(written.truth).lower()}"
    elif written.range is not None and written.kind == "numeric":
        yield f"= {_range(written.range)}"
    elif written.kind in {"choice", "matching", "ordering", "likert"}:
        for position, answer in enumerate(written.answers, 1):
            yield from _answer(written.kind, position, answer)


def _answer(kind: str, position: int, answer: Answer) -> Iterator[str]:
    text, identifier = _line(answer.text), answer.id
    if text.endswith("}") and not identifier:
        identifier = f"o{position}"  # otherwise the braces at the end could be taken for an id
    mark = {
        "choice": f"- [{'x' if answer.correct else ' '}] ",
        "ordering": f"{position}. ",
    }.get(kind, "- ")
    if kind == "matching":
        text = f"{text} :: {_line(answer.match)}".lstrip()
    yield f"{mark}{text}" + (f" {{#{identifier}}}" if identifier and answer.text.strip() else "")
    if answer.feedback.strip():
        yield _prefixed(answer.feedback, "  > ")


def _range(found: Range) -> str:
    low, high, middle = (Decimal(repr(float(each))) for each in (found.low, found.high, found.value))
    if low == high:
        return number(found.value)
    if middle - low == high - middle:
        return f"{number(found.value)} ± {number(float(high - middle))}"
    return f"{number(found.low)} .. {number(found.high)}"


def _line(text: str) -> str:
    return " ".join(text.split())


def _prefixed(text: str, prefix: str) -> str:
    """Each line with something before it; empty lines keep only what is needed."""
    return "\n".join(f"{prefix}{line}".rstrip() for line in text.strip().split("\n"))
