"""The traps of Markdown: text that would render, but not as its author meant it. Found line by line."""

import difflib
import re
from collections.abc import Callable

from near_learn.content import formula
from near_learn.content.draft import Prose
from near_learn.content.problem import Report
from near_learn.content.source import Line, more_signs

BOXES = ("case", "reflection", "evidence", "tip")

# Some rules of the renderer take time with the square of the number of such marks in one paragraph.
MOST_SIGNS = 600
LONGEST_PARAGRAPH = 10_000
MOST_LINES = 200
MOST_FENCES = 20
DEEPEST_INDENT = 24
DEEP = re.compile(r"(?:(?:>|[-*+] |\d{1,9}[.)] ) *){5}")

FENCE = re.compile(r" *(`{3,}|~{3,})")
CODE_SPAN = re.compile(r"(`+)[^`]+\1")
HTML = re.compile(r"(?<!\\)<(?=[A-Za-z/!?])[^<>]*>?")
AUTOLINK = re.compile(r"<(?:https?://[^\s<>]+|[^\s<>!@/:]+@[^\s<>@/]+)>\Z")
BOX = re.compile(r'( *)!!! ?([A-Za-z-]+)(?: +"(.*)")? *\Z')
FOLD = re.compile(r'( *)\?{3} +"(.*)" *\Z')
HINT = re.compile(r" *\?{3} *hint *(?:\".*\")? *\Z")
NEARLY_BOX = re.compile(r" *(?:!{2,}|:::)(?= *[A-Za-z\"“])")
NEARLY_FOLD = re.compile(r" *\?{3}")
DEFINITION = re.compile(r": +\S")
ITEM = re.compile(r"(?:[-*+]|\d{1,3}[.)])\s+\S")
PARENTHESIS_ITEM = re.compile(r"\d{1,3}\)\s+\S")
UNDERLINE = re.compile(r"(?:=+|-{2,})\Z")
REFERENCE = re.compile(r"\[[^\]^][^\]]*\]:\s*\S")
# At the margin these are taken out before; what is left of them stands elsewhere or is malformed.
LOST = re.compile(r"(?:\[\^[^\]]*\]|\*\[[^\]]*\]) ?:")
TABLE_RULE = re.compile(r"\|?(?: *:?-{3,}:? *\|)+(?: *:?-{3,}:? *)?\Z")
CONFLICT = re.compile(r"(?:<{7}|>{7}|\|{7}) ")
HEADING = re.compile(r"#{1,2} +\S")
TAG_NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9]*)")

# What to write in place of HTML.
MARKDOWN = {
    "**words** for bold": "b strong",
    "*words* for emphasis": "i em",
    "[text](address) for a link": "a",
    "![what it shows](media/name) for a picture": "img svg picture figure",
    "![what it shows](media/name.mp4) for sound and film, which lie in the folder media": (
        "audio video source track iframe embed object"
    ),
    "### Title for a heading": "h1 h2 h3 h4 h5 h6",
    "- at the beginning of each item for a list": "ul ol li",
    "| between the cells for a table": "table thead tbody tr td th caption",
    "> at the beginning of each line for a quotation": "blockquote q",
    '??? "Title" for text to unfold': "details summary",
    '!!! tip "Title" for a box': "aside section article",
    "an empty line for a new paragraph": "p br",
    "a line --- for a line across": "hr",
    "`words` for code": "code pre kbd samp",
    "[^1] for a footnote": "sup",
    "$a_1$ for a formula": "sub math",
    "*[EU]: European Union on a line of its own for an abbreviation": "abbr",
}
ADVICE = {tag: advice for advice, tags in MARKDOWN.items() for tag in tags.split()}

# A line with nothing in it that any of the rules below looks for; most are so.
PLAIN = re.compile(r"[^\W\d_][^<$|\[\]]*")


def check(prose: Prose, report: Report) -> bool:
    """Notes every trap in a piece of Markdown. False when rendering it could take too long."""
    if not prose.lines or prose.words:
        return True
    walk = _Walk(report)
    walk.through(prose)
    return not walk.excessive


class _Walk:
    """Where the walk through the lines is: in which box, list or paragraph."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.boxes: list[int] = []  # the indent of each open box
        self.opened: Line | None = None  # a box whose body has not come yet
        self.fence = ""
        self.block: list[Line] = []  # the lines since the last empty one, in the same box
        self.paragraph: list[str] = []  # the lines since the last empty one, whatever they are
        self.fences = 0
        self.formula: Line | None = None  # where a formula between $$ was opened
        self.in_list = False
        self.merging = False  # after the first mark of a merge
        self.excessive = False

    def through(self, prose: Prose) -> None:
        """Walks through all lines of a piece."""
        for line in prose.lines:
            if not line.text.strip():
                self.close_formula()
                self.end_block(line.number - 1)
                continue
            self.paragraph.append(line.text)
            if not self.fenced(line):
                self.visit(line)
        self.close_formula()
        self.end_block(prose.lines[-1].number if prose.lines else 1)
        if self.opened:
            self.no_body(self.opened)

    def fenced(self, line: Line) -> bool:
        """Whether the line belongs to a fenced block, where nothing has a meaning."""
        mark = FENCE.match(line.text)
        if self.fence:
            if mark and mark[1].startswith(self.fence):
                self.fence = ""
            return True
        if mark:
            self.fence = mark[1]
            self.opened = None
            self.fences += 1
            if self.fences > MOST_FENCES:
                self.excessive = True
                self.report.error(
                    line.number, f"there are more than {MOST_FENCES} blocks of code; leave some out"
                )
        return bool(mark)

    def visit(self, line: Line) -> None:
        """Looks at a line with something on it."""
        indent = len(line.text) - len(line.text.lstrip())
        self.box_body(line, indent)
        base = self.boxes[-1] + 4 if self.boxes else 0
        text = line.text[base:] if indent >= base else line.text.lstrip()
        if _conflict(self, line):
            return
        if not self.in_formula(line) and not PLAIN.fullmatch(line.text):
            for rule in RULES:
                rule(self, line, text)
        if not self.block:
            begins = ITEM.match(text.lstrip()) or DEFINITION.match(text)
            self.in_list = bool(begins) or (self.in_list and text.startswith(" "))
        self.block.append(Line(line.number, text))

    def in_formula(self, line: Line) -> bool:
        """Whether the line belongs to a formula between $$, where nothing has another meaning."""
        text = line.text.strip()
        if self.formula:
            if text.endswith("$$"):
                self.formula = None
            return True
        if not text.startswith("$$"):
            return False
        if len(text) < 5 or not text.endswith("$$"):
            self.formula = line
        return True

    def close_formula(self) -> None:
        """Notes a formula that has no end."""
        if self.formula:
            self.report.error(
                self.formula.number,
                "a formula between $$ and $$ stands on lines of its own, without empty lines in it",
            )
        self.formula = None

    def box_body(self, line: Line, indent: int) -> None:
        """Opens and closes boxes; a body must be indented by four spaces more than its !!!."""
        if self.opened:
            opening, self.opened = self.opened, None
            start = len(opening.text) - len(opening.text.lstrip())
            if indent < start + 4:
                self.no_body(opening)
            else:
                self.boxes.append(start)
            self.block = []
        while self.boxes and indent < self.boxes[-1] + 4:
            if self.block or indent > self.boxes[-1]:
                self.report.error(
                    line.number,
                    "the line falls out of the box, because it is not indented by four spaces; "
                    "indent it, or put an empty line before it and begin at the left margin",
                )
            self.boxes.pop()
            self.block = []
            self.in_list = False

    def no_body(self, opening: Line) -> None:
        """Notes a box with nothing in it."""
        self.report.error(
            opening.number, "the box is empty; indent each line that belongs to it by four spaces"
        )

    def end_block(self, last: int) -> None:
        """Looks at a whole paragraph, at its end."""
        text = "\n".join(self.paragraph)
        if len(text) > LONGEST_PARAGRAPH or len(self.paragraph) > MOST_LINES or more_signs(text, MOST_SIGNS):
            self.excessive = True
            self.report.error(
                last - len(self.paragraph) + 1,
                f"the paragraph is too long (more than {LONGEST_PARAGRAPH} characters, {MOST_LINES} lines or "
                f"{MOST_SIGNS} special signs); divide it with empty lines",
            )
        self.block, self.paragraph = [], []


def _html(walk: _Walk, line: Line, text: str) -> None:
    if "<" not in text:
        return
    text = formula.INLINE.sub("", CODE_SPAN.sub("", text))
    tags = [found[0] for found in HTML.finditer(text) if not AUTOLINK.match(found[0])]
    if tags:
        name = TAG_NAME.match(tags[0])
        advice = (
            f"write {ADVICE.get(name[1].lower(), 'Markdown') if name else 'Markdown'}, or \\< for the sign"
        )
        if tags[0].startswith("<!--"):
            advice = "remarks cannot be hidden in a text, so take it out"
        walk.report.error(line.number, f"HTML cannot be used in courses ({tags[0][:40]}); {advice}")


def _box(walk: _Walk, line: Line, _: str) -> None:
    match = BOX.match(line.text)
    if match:
        walk.opened = line
        if match[2] not in BOXES:
            near = difflib.get_close_matches(match[2].lower(), BOXES, n=1)
            advice = f"did you mean {near[0]}?" if near else f"use {', '.join(BOXES[:-1])} or {BOXES[-1]}"
            walk.report.error(line.number, f"there is no box {match[2][:40]!r}; {advice}")
        elif not (match[3] or "").strip():
            # The renderer would put the English word there, in every language.
            walk.report.error(line.number, f'the box has no title; write `!!! {match[2]} "Title"`')
    elif NEARLY_BOX.match(line.text):
        walk.report.error(
            line.number, 'the box is malformed; write `!!! case "Title"` with straight quotation marks'
        )


def _fold(walk: _Walk, line: Line, _: str) -> None:
    match = FOLD.match(line.text)
    if match and match[2].strip():
        walk.opened = line
    elif HINT.match(line.text):
        walk.opened = line
        walk.report.error(line.number, "a hint stands in a question, between its heading and its answers")
    elif NEARLY_FOLD.match(line.text):
        walk.report.error(
            line.number,
            'the text to unfold is malformed; write `??? "Title"` with straight quotation marks, '
            "and indent what belongs to it by four spaces",
        )


def _definition(walk: _Walk, line: Line, text: str) -> None:
    if not DEFINITION.match(text):
        return
    if not walk.block and not walk.in_list:
        walk.report.warning(
            line.number, "what a word means stands directly under it; take out the empty line above"
        )
    walk.in_list = True


def _formula(walk: _Walk, line: Line, text: str) -> None:
    if "$" not in text:
        return
    text = CODE_SPAN.sub("", text)
    if "$$" in text.replace("\\$", ""):
        walk.report.error(line.number, "a formula between $$ and $$ stands on lines of its own")
    elif any(formula.is_text(found[1]) for found in formula.INLINE.finditer(text)):
        walk.report.warning(
            line.number,
            "there are words between two signs $, so this is shown as it is; write \\$ for money, "
            "and \\text{words} or \\sin in a formula",
        )


def _list_under_paragraph(walk: _Walk, line: Line, text: str) -> None:
    if walk.block and not walk.in_list and ITEM.match(text) and not _ends_block(walk.block[-1].text):
        walk.report.warning(
            line.number,
            "a list directly under a paragraph becomes part of it; put an empty line before the list",
        )
        walk.in_list = True  # one warning a list


def _ends_block(text: str) -> bool:
    """Whether a list may follow directly: after a heading, a box's first line, in a quotation."""
    return text.startswith(("#", ">", "!!!", "???", "|"))


def _list_style(walk: _Walk, line: Line, text: str) -> None:
    if PARENTHESIS_ITEM.match(text.lstrip()) and not walk.block:
        walk.report.warning(line.number, "a numbered list is written `1.`, not `1)`")
    indent = len(text) - len(text.lstrip())
    if walk.in_list and indent % 4 > 0 and ITEM.match(text.lstrip()):
        walk.report.warning(
            line.number, "a list inside a list is indented by four spaces; otherwise it joins the outer one"
        )


def _indent(walk: _Walk, line: Line, text: str) -> None:
    indent = len(line.text) - len(line.text.lstrip())
    if indent > DEEPEST_INDENT or DEEP.match(text):
        walk.excessive = True
        walk.report.error(
            line.number, "the line is nested too deeply; use fewer spaces and signs at its beginning"
        )
    elif indent >= 4 and text.startswith("    ") and not walk.block and not walk.in_list:
        walk.report.warning(
            line.number, "four spaces at the beginning make this a block of code; take them out if it is text"
        )


def _underline(walk: _Walk, line: Line, text: str) -> None:
    if walk.block and UNDERLINE.match(text.strip()) and not TABLE_RULE.match(text.strip()):
        walk.report.error(
            line.number,
            "a line of --- or === directly under text makes it a heading; write `## Title {#id}` for that, "
            "or put an empty line before it for a line across",
        )


def _reference(walk: _Walk, line: Line, text: str) -> None:
    if "[" not in text:
        return
    text = CODE_SPAN.sub("", text)
    if LOST.match(text.lstrip()):
        walk.report.error(
            line.number,
            "this explains nothing here; begin it at the left margin: `[^1]: text of the footnote` "
            "or `*[EU]: European Union`",
        )
    elif REFERENCE.match(text):
        walk.report.error(
            line.number, "links in two parts cannot be used; write [text](address) in its place"
        )


def _table(walk: _Walk, line: Line, text: str) -> None:
    if TABLE_RULE.match(text.strip()) and "|" in text and len(walk.block) != 1:
        walk.report.warning(
            line.number,
            "the table needs an empty line before it and exactly one line of column titles above this one",
        )


def _conflict(walk: _Walk, line: Line) -> bool:
    """Whether the line is a mark of a merge; such a line means nothing else."""
    found = bool(CONFLICT.match(line.text)) or (walk.merging and line.text == "=======")
    if found:
        walk.merging = True
        walk.report.error(line.number, "this mark is left over from merging two versions; choose one of them")
    return found


def _heading(walk: _Walk, line: Line, text: str) -> None:
    if HEADING.match(text) and (walk.boxes or line.text[0] in " >"):
        walk.report.error(line.number, "a heading inside a box or quotation begins with ###")


RULES: tuple[Callable[[_Walk, Line, str], None], ...] = (
    _html,
    _box,
    _fold,
    _definition,
    _formula,
    _list_under_paragraph,
    _list_style,
    _indent,
    _underline,
    _reference,
    _table,
    _heading,
)
