"""Formulas: which dollar signs make one, what comes out, and what is refused."""

import re
from xml.etree import ElementTree

import pytest

from near_learn.content import formula

# A line, and the formulas in it.
LINES = [
    ("the share $p$ of all", ["p"]),
    ("($x_1$)", ["x_1"]),
    ("$a$ und $b$", ["a", "b"]),
    ("$n$-te Person", ["n"]),
    ("$ a$ and $b $", []),
    ("5 $ and 6 $", []),
    ("$5 and $6", []),
    ("$5–$6", []),
    ("US$5 and US$6", []),
    ("it costs $5, not $6 a day", []),
    ("5$ or 6$", []),
    (r"\$x$ and \$", []),
    ("$$", []),
    ("$$x$$", []),
    ("$x$2", []),
    ("$" + "x" * 600 + "$", []),
]


@pytest.mark.parametrize(("line", "found"), LINES)
def test_which_signs_make_a_formula(line: str, found: list[str]) -> None:
    assert formula.INLINE.findall(line) == found


@pytest.mark.parametrize(
    ("between", "text"),
    [
        ("5 (or 4", True),
        ("5 to 6", True),
        ("sin x", True),
        ("Euro", True),
        ("a b", False),
        (r"\sin x", False),
        (r"\frac{a}{b}", False),
        (r"n = \text{so many people}", False),
        ("x=2", False),
    ],
)
def test_words_between_two_signs_are_about_money(between: str, text: bool) -> None:
    assert formula.is_text(between) is text


SHAPES = {
    r"\frac{a}{b}": "mfrac(mrow(mi(a))mrow(mi(b)))",
    "x^2_i": "msubsup(mi(x)mi(i)mn(2))",
    r"\sqrt[3]{x}": "mroot(mrow(mi(x))mn(3))",
    "a < b & c": "mi(a)mo(<)mi(b)mi(&)mi(c)",
    r"35\,\%": "mn(35)mspace()mi(%)",
    r"\text{<script>x</script>}": "mtext(<script>x</script>)",
    r"\text{&lt;b&gt;}": "mtext(<b>)",
    "α + é": "mi(α)mo(+)mi(é)",
    r"\{a\}": "mo({)mi(a)mo(})",
}


def shape(element: ElementTree.Element) -> str:
    """The element and what is in it, in short."""
    return f"{element.tag}({element.text or ''}{''.join(map(shape, element))})"


@pytest.mark.parametrize("latex", SHAPES)
def test_a_formula_becomes_mathml(latex: str) -> None:
    made = formula.mathml(latex, block=False)
    math = ElementTree.fromstring(made)
    assert (math.tag, math.get("alttext"), math.get("display")) == ("math", latex, "inline")
    (row,) = math
    assert "".join(map(shape, row)) == SHAPES[latex]
    assert "<script" not in made


def test_a_block_says_that_it_is_one() -> None:
    assert 'display="block"' in formula.mathml("a", block=True)


MALFORMED = {
    "": "there is nothing in it",
    "{a": "is not closed",
    "a}": "closes nothing",
    "x^": "nothing stands after",
    "a^b^c": "two ^ follow each other",
    "a_b_c": "two _ follow each other",
    r"\frac{a}": "a part of it is missing",
    r"\left( x": r"needs a \right",
    r"\begin{matrix} a": r"needs an \end",
    r"\foo": r"there is no command \foo",
    r"\href{javascript:alert(1)}{x}": r"\href cannot be used",
    r"\style{position:fixed}{x}": r"\style cannot be used",
    r"\class{admonition}{x}": r"\class cannot be used",
    r"\color{red}{x}": r"\color cannot be used",
    r"\newcommand{\a}{\a\a}\a": r"\newcommand cannot be used",
    r"\def\a{\a\a}\a": r"\def cannot be used",
    r"\hspace{99999em}": "changes the look",
    r"\hspace{-50em}": "changes the look",
    r"\rule{9em}{9em}": "changes the look",
    "x" * 501: "more than 500 characters",
    "{" * 9 + "}" * 9: "nested too deeply",
    r"\frac" * 60 + "1": "nested too deeply",
    r"\sqrt" * 60 + "1": "nested too deeply",
    r"\left(" * 60 + "x" + r"\right)" * 60: "characters",
}


@pytest.mark.parametrize("latex", MALFORMED)
def test_a_malformed_formula_says_what_is_wrong(latex: str) -> None:
    with pytest.raises(formula.Malformed, match=re.escape(MALFORMED[latex])):
        formula.mathml(latex, block=False)
