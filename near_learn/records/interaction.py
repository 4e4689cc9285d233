"""Questions as xAPI interactions: what is asked, what can be answered, and which answers are right.

1.0.3 Part 2, 2.4.4.1 "Interaction Activities" and appendix C.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import unescape
from itertools import islice, product

import tincan

from near_learn.content import Question
from near_learn.content.kinds import KINDS
from near_learn.content.question import GAP_MARK, JOINED, decimal
from near_learn.records.terms import ACTIVITIES

# A question's text in each of its languages, English first.
Languages = Mapping[str, Question]

# Gaps with many accepted texts multiply: beyond so many patterns a language a definition helps nobody.
MOST_PATTERNS = 24
GAP = "____"
_TAG = re.compile(r"<[^>]*>")


def interaction(languages: Languages) -> tincan.ActivityDefinition:
    """The definition of a question. One that has no right answer has no pattern of right answers."""
    first = next(iter(languages.values()))
    kind = KINDS[first.kind].interaction
    return tincan.ActivityDefinition(
        type=ACTIVITIES["question"],
        name=_map({language: question.title for language, question in languages.items()}),
        description=_map({language: _asked(question) for language, question in languages.items()}),
        interaction_type=kind,
        correct_responses_pattern=_patterns(languages) if first.graded else None,
        **{name: make(languages) for name, make in COMPONENTS.get(kind, {}).items()},
    )


def _asked(question: Question) -> str:
    """The whole of what is asked, as plain text: where the gaps are belongs to it."""
    stem = " ".join(unescape(_TAG.sub(" ", question.stem_html.replace(GAP_MARK, GAP))).split())
    return f"{question.title} {stem}".strip()


def _options(languages: Languages) -> list[tincan.InteractionComponent]:
    return _components(languages, lambda question: {each.id: each.text for each in question.options})


def _targets(languages: Languages) -> list[tincan.InteractionComponent]:
    return _components(languages, lambda question: {each.id: each.text for each in question.targets})


def _components(
    languages: Languages, texts: Callable[[Question], Mapping[str, str]]
) -> list[tincan.InteractionComponent]:
    by_language = {language: texts(question) for language, question in languages.items()}
    first = next(iter(by_language.values()))
    return [
        tincan.InteractionComponent(
            id=name,
            description=_map({language: found.get(name, "") for language, found in by_language.items()}),
        )
        for name in first
    ]


# The lists of components that each interactionType has; the others have none.
COMPONENTS: Mapping[str, Mapping[str, Callable[[Languages], list[tincan.InteractionComponent]]]] = {
    "choice": {"choices": _options},
    "sequencing": {"choices": _options},
    "likert": {"scale": _options},
    "matching": {"source": _options, "target": _targets},
}


def _patterns(languages: Languages) -> list[str]:
    """The responses that are right; for gaps, those of each language."""
    first = next(iter(languages.values()))
    if first.kind == "gap":
        return list(
            dict.fromkeys(
                pattern
                for language, question in languages.items()
                for pattern in _fillings(language, question)
            )
        )
    if first.range is not None:
        low, high = decimal(first.range.low), decimal(first.range.high)
        return [low if low == high else f"{low}[:]{high}"]
    return [JOINED.join(first.right)]


def _fillings(language: str, question: Question) -> Iterator[str]:
    """What fills the gaps, the first accepted text of each first."""
    accepted: Sequence[Sequence[str]] = [gap.accepted for gap in question.gaps]
    for texts in islice(product(*accepted), MOST_PATTERNS):
        yield "{case_matters=false}" + JOINED.join(f"{{lang={language}}}{text}" for text in texts)


def _map(texts: Mapping[str, str]) -> tincan.LanguageMap | None:
    given = {language: text for language, text in texts.items() if text}
    return tincan.LanguageMap(given) if given else None
