"""GIFT, Moodle's text format for questions: reading.

Follows what Moodle does with a file: an empty line ends a question, the first brace begins the answers, and
the sign that an answer begins with says what it is.
"""

import re
from collections.abc import Iterator

from near_learn.content.markdown_writer import number
from near_learn.exchange.bank import GAP, MOST_QUESTIONS, Bank, BankAnswer, BankQuestion, Text

BLANK = "_____"
PUNCTUATION = re.compile(r"[.,:;?!\s]*")
FORMATS = {"html", "moodle", "plain", "markdown"}
CATEGORY = re.compile(r"\$CATEGORY:\s*(.*)")
NAME = re.compile(r"::(.*?)::", re.DOTALL)
FORMAT = re.compile(r"\s*\[(\w+)\]")
WEIGHT = re.compile(r"\s*%(-?\d{1,3}(?:\.\d*)?)%")
# An escaped sign is put aside as a character that nobody has, so that it does not mean anything.
ESCAPED = {sign: chr(0xE100 + place) for place, sign in enumerate("\\:#={}~")} | {"n": "\ue1ff"}
BACK = {ord(aside): "\n" if sign == "n" else sign for sign, aside in ESCAPED.items()}
ASIDE = re.compile(r"\\([\\:#={}~n])")
TRUTH = {"T": True, "TRUE": True, "F": False, "FALSE": False}
NUMBER = r"\s*[-+]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][-+]?\d{1,3})?\s*"
RANGE = re.compile(rf"({NUMBER})\.\.({NUMBER})\Z")
TOLERANCE = re.compile(rf"({NUMBER})(?::({NUMBER}))?\Z")


def read(content: str) -> Bank:
    """The questions of a GIFT file; what cannot be read is in the notes. Never raises."""
    bank = Bank()
    category = ""
    for line, block in _blocks(content):
        text = ASIDE.sub(lambda match: ESCAPED[match[1]], block)
        # A category may stand directly above a question.
        while match := CATEGORY.match(text):
            category = _back(match[1]).strip()
            text = text[match.end() :].strip()
        if not text:
            continue
        if len(bank.questions) == MOST_QUESTIONS:
            bank.note(line, f"the file has more than {MOST_QUESTIONS} questions; divide it")
            break
        try:
            bank.questions.append(_question(line, text, category))
        except ValueError as error:
            bank.note(line, f"“{_back(text)[:50].strip()}” is not taken over: {error}")
    return bank


def _blocks(content: str) -> Iterator[tuple[int, str]]:
    """The pieces between empty lines without comments, each with the number of its first line."""
    first, lines = 0, list[str]()
    for at, line in enumerate([*re.split(r"\r\n|\r|\n", content.lstrip("\ufeff")), ""], 1):
        text = line.strip()
        if text.startswith("//"):
            continue
        if text:
            first = first if lines else at
            lines.append(text)
        elif lines:
            yield first, "\n".join(lines)
            lines = []


def _question(line: int, text: str, category: str) -> BankQuestion:
    """One question. Raises ValueError, saying what is wrong."""
    name = ""
    if match := NAME.match(text):
        name, text = " ".join(_back(match[1]).split()), text[match.end() :].strip()
    start, end = text.find("{"), text.find("}")
    if start < 0 and end < 0:
        raise ValueError("it is a text without a question; put it into a section of the module")
    if start < 0 or end < start:
        raise ValueError("its braces are not in pairs; an empty line ends a question, and \\{ is a sign")
    before, answers, after = text[:start], text[start + 1 : end].strip(), text[end + 1 :].rstrip()
    if "{" in answers or "{" in after or "}" in after:
        raise ValueError("it has more than one pair of braces; write \\{ and \\} for the signs")
    answers, _, general = answers.partition("####")
    answers = answers.strip()
    kind = _kind(answers)
    gap = GAP if kind == "gap" else BLANK
    form = FORMAT.match(before)
    default = form[1].lower() if form and form[1].lower() in FORMATS else "moodle"
    stem = before[form.end() :] if form and form[1].lower() in FORMATS else before
    if after and not (kind != "gap" and PUNCTUATION.fullmatch(after)):
        stem = f"{stem}{gap}{after}"
    found = list(_answers(kind, answers, default))
    return BankQuestion(
        line=line,
        kind=kind,
        text=Text(_back(_joined(stem, default)).strip(), default),
        name=name,
        answers=found,
        single="=" in answers if kind == "choice" else None,
        explanation=_text(general, default),
        category=category,
    )


def _kind(answers: str) -> str:
    """The kind of question, by the signs among its answers, in Moodle's order."""
    if not answers:
        return "short-answer"
    if answers.startswith("#"):
        return "numeric"
    if "~" in answers:
        return "choice"
    if "=" in answers and "->" in answers:
        return "matching"
    if answers.partition("#")[0].strip() in TRUTH:
        return "true-false"
    if answers.startswith("="):
        return "gap"
    raise ValueError("its answers begin with no sign; write = before a right one and ~ before a wrong one")


def _answers(kind: str, answers: str, default: str) -> Iterator[BankAnswer]:
    """The answers between the braces."""
    if kind == "true-false":
        word, _, feedback = answers.partition("#")
        wrong, _, right = feedback.partition("#")
        truth = TRUTH[word.strip()]
        yield BankAnswer(Text(str(truth).lower(), "plain"), 1.0, _text(right, default))
        yield BankAnswer(Text(str(not truth).lower(), "plain"), 0.0, _text(wrong, default))
    elif kind == "numeric":
        yield from _numbers(answers[1:].strip(), default)
    elif kind != "short-answer":
        for sign, each in re.findall(r"([=~])([^=~]*)", answers):
            yield _answer(kind, sign, each, default)


def _answer(kind: str, sign: str, text: str, default: str) -> BankAnswer:
    fraction = 1.0 if sign == "=" else 0.0
    if weight := WEIGHT.match(text):
        fraction, text = float(weight[1]) / 100, text[weight.end() :]
    text, _, feedback = text.partition("#")
    text, arrow, match = text.partition("->")
    if kind == "matching" and not arrow:
        raise ValueError("one of its pairs has no ->; write =left -> right")
    if kind != "matching":
        text = f"{text}{arrow}{match}"
    if not text.strip() and kind != "matching":
        raise ValueError("one of its answers is empty")
    return BankAnswer(
        _text(text, "plain" if kind == "gap" else default),
        fraction,
        _text(feedback, default),
        _text(match, "plain") if kind == "matching" else Text(),
    )


def _numbers(answers: str, default: str) -> Iterator[BankAnswer]:
    """Numbers with their tolerance: one alone, or several that begin with =."""
    found = re.findall(r"([=~])([^=~]*)", answers) if re.match(r"\s*[=~]", answers) else None
    if found is None:
        single, _, wrong = answers.partition("~")
        found = [("=", single), *([("~", wrong)] if wrong else [])]
    for sign, each in found:
        text, _, feedback = each.partition("#")
        fraction = 1.0 if sign == "=" else 0.0
        if weight := WEIGHT.match(text):
            fraction, text = float(weight[1]) / 100, text[weight.end() :]
        if not text.strip() or text.strip() == "*":
            yield BankAnswer(Text("*", "plain"), 0.0, _text(feedback, default))
            continue
        value, tolerance = _bounds(_back(text).strip())
        yield BankAnswer(
            Text(number(value), "plain"), fraction, _text(feedback, default), tolerance=tolerance
        )


def _bounds(text: str) -> tuple[float, float]:
    if match := RANGE.match(text):
        low, high = _number(match[1]), _number(match[2])
        if low > high:
            raise ValueError(f"its range {text[:40]!r} is reversed; write the lower number first")
        return round((low + high) / 2, 9), round((high - low) / 2, 9)
    if match := TOLERANCE.match(text):
        return _number(match[1]), _number(match[2] or "0")
    raise ValueError(f"{text[:40]!r} is no number; write 12, 12:1 or 11..13")


def _number(text: str) -> float:
    return float(text.strip().replace(",", "."))


def _text(text: str, default: str) -> Text:
    """A text and its format, which may stand before it in brackets."""
    form = FORMAT.match(text)
    if form and form[1].lower() in FORMATS:
        default = form[1].lower() if default != "plain" else default
        text = text[form.end() :]
    return Text(_back(_joined(text, default)).strip(), default)


def _joined(text: str, form: str) -> str:
    """The lines made one: they are broken anywhere, and a break that counts is written \\n."""
    return text if form == "markdown" else text.replace("\n", " ")


def _back(text: str) -> str:
    """The text with the signs that were put aside."""
    return text.translate(BACK)
