"""Formulas: where they stand in a line, and LaTeX to MathML with nothing in it but numbers and signs."""

import html
import re
import xml.etree.ElementTree as etree  # noqa: N813 - the library gives the formula as such a tree

from latex2mathml import exceptions
from latex2mathml.converter import Converter

LONGEST = 500
DEEPEST = 8
MOST = 300  # in one file

# As in "x $a_1$ y", not as in "5 $ and 6 $", "$5 and $6" or "US$5".
INLINE = re.compile(r"(?<![\\$\w])\$(?![\s$])((?:\\.|[^$\\\n]){1,500}?)(?<!\s)\$(?![\w$])")
BLOCK = re.compile(r"^( *)\$\$(?!\$)((?:(?!\$\$|\n *\n).)+?)\$\$ *$", re.MULTILINE | re.DOTALL)

# These make new commands, leave the page or change its look.
REFUSED = re.compile(
    r"\\((?:re|provide)?(?:new)?command|def|let|href|url|class|style|cssId|color|textcolor|colorbox|fcolorbox|"
    r"bbox|require|unicode|Huge|huge|LARGE)(?![A-Za-z])"
)
COMMAND = re.compile(r"\\[A-Za-z]+\*?")
TEXT = re.compile(r"\\(?:text|mathrm|operatorname|mbox|textbf|textit)\*? *\{[^{}]*\}")
WORD = re.compile(r"(?:\A|[\s(])[^\W\d_]{2,}(?=[\s,.)]|\Z)")

# How many parts each of these has: with fewer or more, a browser shows an error or nothing.
PARTS = {
    "mfrac": 2,
    "mroot": 2,
    "msub": 2,
    "msup": 2,
    "munder": 2,
    "mover": 2,
    "msubsup": 3,
    "munderover": 3,
}
TAG = re.compile(
    "math|mrow|mi|mn|mo|mtext|mspace|msqrt|mstyle|mpadded|mphantom|menclose|mtable|mtr|mtd|mlabeledtr|"
    + "|".join(PARTS)
)
# No length that would reach out of the formula: 99 em are too many, and so are 10 back to the left.
VALUE = re.compile(r"(?!.*(?<![\d.])\d{3})(?!.*-\d{2})[-A-Za-z0-9.+% ]{0,40}")
ATTRIBUTE = re.compile(
    "display|displaystyle|scriptlevel|mathvariant|stretchy|fence|form|separator|accent|accentunder|"
    "movablelimits|largeop|symmetric|lspace|rspace|minsize|maxsize|linethickness|width|height|depth|columnalign|"
    "columnspacing|columnlines|rowspacing|rowlines|notation|linebreak"
)


class Malformed(Exception):
    """A formula that cannot be shown; the text says how to mend it."""


def is_text(latex: str) -> bool:
    """Whether there are words between the two signs, so that somebody probably wrote about money."""
    return bool(WORD.search(COMMAND.sub(" ", TEXT.sub("", latex))))


def mathml(latex: str, *, block: bool) -> str:
    """The formula as a <math> element; its LaTeX is in the attribute alttext. Raises Malformed."""
    latex = " ".join(latex.split())
    _check(latex)
    try:
        tree = Converter(display="block" if block else "inline").convert_to_element(latex)
    except tuple(REASONS) as error:
        raise Malformed(REASONS[type(error)]) from None
    except (
        ValueError,
        IndexError,
        KeyError,
        TypeError,
        AttributeError,
        StopIteration,
        RuntimeError,
    ) as error:
        # The library has no one error for what it cannot read.
        raise Malformed("it cannot be read; write it more simply") from error
    _clean(tree)
    tree.set("alttext", latex)
    return etree.tostring(tree, encoding="unicode")


REASONS: dict[type[Exception], str] = {
    exceptions.NumeratorNotFoundError: "a fraction needs two parts: \\frac{a}{b}",
    exceptions.DenominatorNotFoundError: "a fraction needs two parts: \\frac{a}{b}",
    exceptions.ExtraLeftOrMissingRightError: "each \\left needs a \\right",
    exceptions.MissingSuperScriptOrSubscriptError: "nothing stands after ^ or _",
    exceptions.DoubleSubscriptsError: "two _ follow each other; put braces around the first part",
    exceptions.DoubleSuperscriptsError: "two ^ follow each other; put braces around the first part",
    exceptions.NoAvailableTokensError: "there is nothing in it, or a command at its end needs more",
    exceptions.MissingEndError: "each \\begin needs an \\end of the same name",
}


def _check(latex: str) -> None:
    """What the library would show all the same, or take too long over."""
    if len(latex) > LONGEST:
        raise Malformed(f"it has more than {LONGEST} characters; divide it")
    if found := REFUSED.search(latex):
        raise Malformed(f"the command {found[0]} cannot be used; take it out")
    depth = deepest = 0
    for sign in re.findall(r"\\.|[{}]|\\left", latex):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        deepest = max(deepest, depth)
        if depth < 0:
            raise Malformed("a brace } closes nothing; take it out or write \\}")
    if depth:
        raise Malformed("a brace { is not closed; add }")
    nested = max(latex.count("\\left"), latex.count("\\begin"), latex.count("\\sqrt"), latex.count("\\frac"))
    if deepest > DEEPEST or nested > 40:
        raise Malformed("it is nested too deeply; divide it")


def _clean(tree: etree.Element) -> None:
    """Takes out of the tree what is no formula. Raises Malformed for what makes no sense."""
    for element in tree.iter():
        if not TAG.fullmatch(element.tag):
            raise Malformed("it holds something that cannot be shown; write it more simply")
        if element.tag in PARTS and len(element) != PARTS[element.tag]:
            raise Malformed("a part of it is missing; write \\frac{a}{b}, a^{b} or a_{b}")
        for name, value in list(element.attrib.items()):
            if name == "xmlns":
                del element.attrib[name]
            elif not ATTRIBUTE.fullmatch(name) or not VALUE.fullmatch(value):
                raise Malformed("it changes the look of the page; leave that out")
        element.text = html.unescape(element.text) if element.text else None
        element.tail = None
        if (
            element.tag != "mtext"
            and element.text
            and element.text.startswith("\\")
            and len(element.text) > 1
        ):
            raise Malformed(f"there is no command {element.text[:20]}; correct its name")
