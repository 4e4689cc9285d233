"""Answers embedded in a text, {1:SHORTANSWER:=right~=also right} in Moodle: read and written."""

import html
import re
from collections.abc import Callable, Iterable

from near_learn.exchange.bank import GAP, BankAnswer, Text

FIELD = re.compile(r"\{(\d{0,3}):([A-Z_]+):((?:\\.|[^\\}])*)\}", re.DOTALL)
SHORT = {"SHORTANSWER", "SA", "MW", "SHORTANSWER_C", "SAC", "MWC"}
NUMBER = {"NUMERICAL", "NM"}
CHOICE = {"MULTICHOICE", "MC", "MULTICHOICE_V", "MCV", "MULTICHOICE_H", "MCH"}
CHOICE |= {"MULTICHOICE_S", "MCS", "MULTICHOICE_VS", "MCVS", "MULTICHOICE_HS", "MCHS"}
PART = re.compile(r"(?:\\.|[^\\~])+", re.DOTALL)
WEIGHT = re.compile(r"\s*(?:=|%(-?\d{1,3}(?:\.\d+)?)%)")
FEEDBACK = re.compile(r"(?<!\\)#")
ESCAPED = re.compile(r"\\(.)", re.DOTALL)
SIGNS = re.compile(r"[\\}#~/\"]")


def gaps(text: str, say: Callable[[str], None]) -> tuple[str, list[list[BankAnswer]]]:
    """The text with a mark for each field, and what each accepts. Raises ValueError for other fields."""
    found: list[list[BankAnswer]] = []
    weights: set[str] = set()

    def field(match: re.Match[str]) -> str:
        weight, kind, inside = match.groups()
        if kind not in SHORT | NUMBER | CHOICE:
            raise ValueError(f"a field of the type {kind[:30]} cannot be held here")
        weights.add(weight or "1")
        found.append([_answer(part, kind, say) for part in PART.findall(inside)])
        if kind in CHOICE:
            say("the choices of a field are not kept: learners type the answer into a gap")
        return GAP

    replaced = FIELD.sub(field, text)
    if not found:
        raise ValueError("there is no field in its text")
    if len(weights) > 1:
        say("its fields had different weights; here the gaps count alike")
    return replaced, found


def _answer(part: str, kind: str, say: Callable[[str], None]) -> BankAnswer:
    fraction = 0.0
    if weight := WEIGHT.match(part):
        fraction, part = float(weight[1] or 100) / 100, part[weight.end() :]
    text, feedback = (*FEEDBACK.split(part, maxsplit=1), "")[:2]
    words = html.unescape(ESCAPED.sub(r"\1", text)).strip()
    if kind in NUMBER:
        words, _, tolerance = words.partition(":")
        if tolerance.strip(" 0."):
            say(f"the tolerance {tolerance.strip()} of a field is not kept: only {words.strip()} is right")
    return BankAnswer(
        Text(words.strip(), "plain"), fraction, Text(ESCAPED.sub(r"\1", feedback).strip(), "html")
    )


def field(accepted: Iterable[str]) -> str:
    """A field that accepts these texts, for the HTML of a question."""
    answers = (
        f"={SIGNS.sub(lambda sign: chr(92) + sign[0], html.escape(text, quote=False))}" for text in accepted
    )
    return f"{{1:SHORTANSWER:{'~'.join(answers)}}}"
