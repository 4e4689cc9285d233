"""Text made to keep the server busy: it takes no longer than a long honest text, times a few."""

import time
from pathlib import Path

import pytest

from near_learn.content.source import LARGEST_FILE, MOST_SIGNS
from tests.content.world import FRONT, QUIZ, found, library

# How many times the processor time of the longest honest text. The slowest of the bombs takes about three.
MOST = 10
SENTENCE = (
    "The garden is open for everybody who comes, and *nobody* has to [say](https://example.org) why.\n\n"
)


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> float:
    """The processor time that an ordinary text of nearly the largest size takes, here and now."""
    text = SENTENCE * (LARGEST_FILE * 3 // 4 // len(SENTENCE))
    times = []
    for _ in range(3):
        start = time.process_time()
        loaded = library(tmp_path_factory.mktemp("honest"), en=f"{FRONT}\n## Text {{#text}}\n\n{text}{QUIZ}")
        times.append(time.process_time() - start)
        assert found(loaded) == ""
    return min(times)


BOMBS = {
    "brackets": "[" * MOST_SIGNS,
    "paragraphs of brackets": ("[" * 590 + "\n\n") * 16,
    "images": ("![" * 290 + "\n\n") * 16,
    "links in links": ("[[a](b)](" * 90 + "\n\n") * 12,
    "emphasis": "*a_ " * 4000,
    "stars": ("*" * 590 + "\n\n") * 16,
    "nested emphasis": ("***a" * 150 + "\n\n") * 16,
    "backticks": "``a` " * 4000,
    "backslashes": "\\" * LARGEST_FILE,
    "ampersands": "&" * LARGEST_FILE,
    "less-than signs": "<" * LARGEST_FILE,
    "comments": "<!--" * 30_000,
    "quotations": "> " * 2000,
    "lists in lists": "- " * 2000,
    "numbered lists in lists": "1. " * 1500 + "a",
    "deep indents": "\n".join(" " * (4 * depth) + "- a" for depth in range(500)),
    "boxes in boxes": "\n".join(" " * (4 * depth) + '!!! tip "a"' for depth in range(200)),
    "tables": "| a | b |\n|---|---|\n" * 4000,
    "a wide table": "a|" * 3000 + "\n" + "-|" * 3000,
    "fences": "```\n" * 30_000,
    "rules": "---\n" * 30_000,
    "headings": "### a {#a}\n\n" * 9000,
    "options": "### a {#a}\n\n" + "- [ ] a\n" * 12_000,
    "questions": "### a {#a}\n\n- [ ] a\n- [x] b\n\n" * 2000,
    "a heading's braces": "### " + "{#" * 2000,
    "spaces": "a" + " " * 4900 + "b\n\n" + ("a" + " " * 4900 + "\n\n") * 20,
    "addresses": "http://a" * 15_000,
    "mail addresses": ("a@" * 290 + "\n\n") * 200,
    "entities": "&#1" * 30_000,
    "one word": "a" * LARGEST_FILE,
    "ten megabytes": "word " * 2_000_000,
    "footnote marks": "[^a]" * 2400 + "\n\n[^a]: x",
    "footnote marks in paragraphs": ("[^a] " * 140 + "\n\n") * 17 + "\n\n[^a]: " + "*x* " * 390,
    "footnotes": "".join(f"[^{n}]\n\n" for n in range(900))
    + "".join(f"[^{n}]: {'*a* ' * 200}\n\n" for n in range(900)),
    "footnotes in footnotes": "[^0]\n\n" + "".join(f"[^{n}]: [^{n + 1}][^{n + 1}]\n\n" for n in range(700)),
    "one footnote in many sections": "".join(f"\n## A {{#a{n}}}\n\nx[^1]\n" for n in range(800))
    + "\n[^1]: "
    + "*a* " * 400,
    "a very long footnote": "x[^1]\n\n[^1]: " + "\n    *a* b" * 10000,
    "abbreviations": "".join(f"*[A{n}]: b\n" for n in range(3000)) + "A1 " * 1000,
    "abbreviations that are everywhere": "".join(f"*[A{n}]: {'b' * 199}\n" for n in range(90))
    + ("A1 A2 A3 " * 300 + "\n\n") * 40,
    "abbreviations of abbreviations": "".join(f"*[{'A ' * n}A]: b\n" for n in range(1, 20))
    + ("A " * 400 + "\n\n") * 50,
    "formulas": ("$a$ " * 290 + "\n\n") * 16,
    "long formulas": ("$" + "a_1+" * 120 + "$\n\n") * 40,
    "dollars": ("$" * 590 + "\n\n") * 16,
    "dollars and words": ("$a " * 590 + "\n\n") * 16,
    "dollars on lines": "$$\n" * 5000,
    "dollars on lines, open": "$$ a\n" * 5000,
    "fractions in fractions": ("$" + r"\frac{1}{" * 50 + "1" + "}" * 50 + "$\n\n") * 20,
    "fractions without braces": ("$" + r"\frac" * 90 + "$\n\n") * 20,
    "roots": ("$" + r"\sqrt" * 95 + "1$\n\n") * 20,
    "left and right": ("$" + r"\left(" * 40 + "$\n\n") * 20,
    "macros": ("$" + r"\newcommand{\a}{\a\a}\a" + "$\n\n") * 300,
    "primes": ("$" + "x" + "'" * 490 + "$\n\n") * 30,
    "matrices": ("$$" + r"\begin{matrix}" * 14 + "$$\n\n") * 20,
    "ampersands in matrices": ("$$" + r"\begin{matrix}" + "&" * 400 + r"\end{matrix}$$" + "\n\n") * 20,
    "scripts": ("$" + "x_{" * 8 + "y" + "}" * 8 + "$\n\n") * 300,
    "definitions": "a\n:   b\n" * 90 * 10,
    "definitions of definitions": "".join("    " * d + "a\n" + "    " * d + ":   b\n\n" for d in range(7))
    * 200,
    "colons": (": " * 500 + "\n\n") * 200,
    "folds": '??? "a"\n    b\n\n' * 4000,
    "folds in folds": "\n".join(" " * (4 * d) + '??? "a"' for d in range(200)),
    "question marks": "?" * 100000,
    "pictures": "![a](media/plan.svg)\n\n" * 1600,
    "pictures with lines": '![a](media/plan.svg "b")\n\n' * 1600,
    "recordings": "![a](media/x.mp3)\n\n" * 1600,
    "a very long table": "| a | b |\n|---|---|\n" + "| c | d |\n" * 10000,
    "paragraphs and an abbreviation": "a.\n\n" * 32_000 + "*[EU]: x\n",
    "paragraphs with an abbreviation": "*a* EU\n\n" * 4800 + "*[EU]: x\n",
    "items": "- a\n\n" * 20_000,
    "formulas on lines of their own": "$$a$$\n\n" * 2400,
    "terms": ("a\n" * 190 + ":   b\n\n") * 300,
    "many tables": ("| a | b |\n|---|---|\n" + "| c | d |\n" * 60 + "\n") * 30,
    "bold rows": ("| a | b |\n|---|---|\n" + "| **c** | d |\n" * 60 + "\n") * 20,
    "marks over a letter": "a" + "\u0301" * 50000,
    "turned text": "\u202e" * 1000,
    "greater-than": ">" * 100000,
    "brackets and marks": "[^" * 4000,
    "abbreviation marks": "*[" * 4000,
    "nested lists of links": ("- [a](https://example.org/" + "a" * 200 + ")\n") * 400,
    "exclamation": "!" * 60000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_over_in_a_moment(name: str, honest: float, tmp_path: Path) -> None:
    start = time.process_time()
    loaded = library(tmp_path, en=f"{FRONT}\n## Text {{#text}}\n\n{BOMBS[name]}{QUIZ}")
    assert time.process_time() - start < MOST * honest
    assert "m" in {module.id for module in loaded.courses["c"].modules} or found(loaded)


FRONT_BOMBS = {
    "aliases": "a: &a [x]\n" + "".join(f"k{n}: &k{n} [*a, *a, *a, *a]\n" for n in range(1000)),
    "brackets": "id: " + "[" * 20_000,
    "braces": "id: " + "{a: " * 5000,
    "indents": "\n".join(" " * depth + "a:" for depth in range(180)),
    "keys": "\n".join(f"k{n}: v" for n in range(3000)),
    "hyphens": "id: \n" + "- " * 10_000,
    "quotation marks": 'id: "' + '\\"' * 15_000,
    "a long key": "k" * 30_000 + ": v",
    "too large": "summary: " + "word " * 7000,
}


@pytest.mark.parametrize("name", FRONT_BOMBS)
def test_a_bomb_in_the_front_matter_is_over_in_a_moment(name: str, honest: float, tmp_path: Path) -> None:
    start = time.process_time()
    loaded = library(tmp_path, en=f"---\n{FRONT_BOMBS[name]}\n---\n\n## Text {{#text}}\n\nText.{QUIZ}")
    assert time.process_time() - start < MOST * honest
    assert loaded.errors
    assert [module.id for module in loaded.courses["c"].modules] == ["other"]
