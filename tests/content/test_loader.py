"""The loader: a broken file never reaches a learner, and never keeps the others from them."""

import codecs
import os
import threading
from pathlib import Path

import pytest

from near_learn.content import load
from near_learn.content.library import load_course
from near_learn.content.source import LARGEST_FILE, LONGEST_LINE
from tests.content.world import COURSE, DRAWING, ENGLISH, GOOD, SPANISH, found, library, write

SECOND = COURSE.replace("id: c", "id: second").replace("[01-one, 02-other]", "[02-other]")


# Files that are no text, and what is said about them; the rest of the course stays.
NO_TEXT: dict[str, tuple[bytes, str]] = {
    "UTF-16": (
        codecs.BOM_UTF16_LE + ENGLISH.encode("utf-16-le"),
        "1: the file is saved as UTF-16; save it again as UTF-8",
    ),
    "Latin-1": (
        ENGLISH.replace("Text.", "Café.").encode("latin-1"),
        "16: the byte 0xe9 is not UTF-8; save the file again as UTF-8",
    ),
    "NUL": (
        ENGLISH.replace("Text.", "Te\0xt.").encode(),
        "16: there is an invisible character (U+0000) here; delete it",
    ),
    "the renderer's own marks": (
        ENGLISH.replace("Text.", "\x02klzzwxh:0\x03").encode(),
        "16: there is an invisible character (U+0002) here; delete it",
    ),
    "text that runs backwards": (
        ENGLISH.replace("Text.", "Te\u202ext.").encode(),
        "16: there is an invisible character (U+202E) here; delete it",
    ),
    "too large": (
        ENGLISH.encode() + b"word " * (LARGEST_FILE // 5),
        "1: the file is larger than 128 KB; split the text into two modules",
    ),
    "a long line": (
        (ENGLISH.replace("Text.", "word " * 1001)).encode(),
        f"16: the line has more than {LONGEST_LINE} characters; break it into several",
    ),
    "too many signs": (
        ENGLISH.replace("Text.", ("[" * 400 + "\n\n") * 30).encode(),
        "1: the file has more than 10000 special signs such as [ or *; leave most of them out",
    ),
    "empty": (b"", "1: the file has no front matter; begin it with a line --- and the id, title and so on"),
}


@pytest.mark.parametrize("name", NO_TEXT)
def test_a_file_that_is_no_text_is_left_out(name: str, tmp_path: Path) -> None:
    data, message = NO_TEXT[name]
    loaded = library(tmp_path, en=data)
    assert found(loaded) == f"error: c/01-one/en.md:{message}\n"
    assert [module.id for module in loaded.courses["c"].modules] == ["other"]


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_line_endings_of_every_system_count_alike(ending: str, tmp_path: Path) -> None:
    text = (ENGLISH + "\n[dead](#gone)\n").replace("\n", ending)
    (line,) = {problem.line for problem in library(tmp_path, en=text).problems}
    assert line == ENGLISH.count("\n") + 2


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    assert found(library(tmp_path, en=codecs.BOM_UTF8 + ENGLISH.encode())) == ""


NO_CODE = "the file's name is not a language code and .md; "

# Names of files that mean nothing: the file, where the problem is shown, and the beginning of the message.
NAMES = [
    ("c/01-one/spanish.md", "error: c/01-one/spanish.md:1", NO_CODE + "did you mean es?"),
    ("c/01-one/cz.md", "error: c/01-one/cz.md:1", NO_CODE + "did you mean cs?"),
    ("c/01-one/ES.md", "error: c/01-one/ES.md:1", NO_CODE + "did you mean es?"),
    (
        "c/01-one/xx.md",
        "error: c/01-one/xx.md:1",
        NO_CODE + "use a code such as en, es, nl, cs, fi, it, ro or el",
    ),
    ("c/01-one/es.markdown", "error: c/01-one/es.markdown:1", NO_CODE + "end it with .md"),
    (
        "c/01-one/a.docx",
        "warning: c/01-one/a.docx:1",
        "this is no text of the module, so nobody sees it; put it",
    ),
    (
        "c/01-one/media/a.html",
        "error: c/01-one/media/a.html:1",
        "files of this type cannot be shown; use one of .av",
    ),
    (
        "c/01-one/media/a b.png",
        "error: c/01-one/media/a b.png:1",
        "rename the file, using letters a to z, digits,",
    ),
    (
        "c/01-one/media/a/b.png",
        "error: c/01-one/media/a:1",
        "this is not a file; put media directly into the folder",
    ),
    (
        "c/course.sp.md",
        "error: c/course.sp.md:1",
        "the middle of the file's name is not a language code; did you",
    ),
    (
        "c/notes.md",
        "error: c/notes.md:1",
        "this file is not read; name it course.es.md and so on, or take it away",
    ),
    (
        "c/03-new/en.md",
        "warning: c/course.md:5",
        "the folder 03-new is not among the modules, so nobody sees it;",
    ),
    (
        "d/readme.txt",
        "error: d/course.md:1",
        "the course has no course.md; add one with its id, title, summary",
    ),
]


@pytest.mark.parametrize(("name", "where", "message"), NAMES)
def test_names_that_mean_nothing_are_said(name: str, where: str, message: str, tmp_path: Path) -> None:
    content = SPANISH if name.endswith((".md", ".markdown")) else b"x"
    if name.startswith("c/course."):
        content = "---\nsource_version: 1\n---\nTexto.\n"
    loaded = load(write(tmp_path, GOOD | {name: content}))
    assert found(loaded).startswith(f"{where}: {message}")
    assert len(loaded.problems) == 1
    assert [module.id for module in loaded.courses["c"].modules] == ["m", "other"]


@pytest.mark.parametrize(
    "name", [".DS_Store", "c/.git/config", "c/01-one/en.md~", "c/README.md", "c/01-one/Thumbs.db"]
)
def test_files_of_other_programs_are_passed_over(name: str, tmp_path: Path) -> None:
    before = load(write(tmp_path, GOOD)).courses["c"].release
    loaded = load(write(tmp_path, {name: b"\0"}))
    assert found(loaded) == ""
    assert name == "c/README.md" or loaded.courses["c"].release == before


# What is inside a drawing, and what is said about it.
DRAWINGS = {
    "script": ("><script>alert(1)</script></svg>", "holds <script>, which is no part of a picture"),
    "handler": (' onload="alert(1)"/>', "holds a script (onload)"),
    "foreign object": (
        "><foreignObject><body/></foreignObject></svg>",
        "holds <foreignobject>, which is no part of a picture",
    ),
    "reference": (
        '><image href="https://example.org/pixel.png"/></svg>',
        "refers to another file (https://example.org/pixel.png)",
    ),
    "link": (
        '><a xlink:href="javascript:alert(1)"><path/></a></svg>',
        "holds <a>, which is no part of a picture",
    ),
    "entity": ("/>", "defines an entity (a)"),
    "style": ("><style>@import 'https://example.org/x.css'</style></svg>", "'s style refers to another file"),
    "animation": (
        '><set attributeName="onmouseover" to="alert(1)"/></svg>',
        "holds <set>, which is no part of a picture",
    ),
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_that_does_something_is_refused(name: str, tmp_path: Path) -> None:
    inside, message = DRAWINGS[name]
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"{inside}'
    if name == "entity":
        drawing = '<!DOCTYPE svg [<!ENTITY a "b">]>' + drawing
    loaded = load(write(tmp_path, GOOD | {"c/01-one/media/bad.svg": drawing}))
    said = message if message.startswith("'") else f" {message}"
    assert found(loaded) == (
        f"error: c/01-one/media/bad.svg:1: the drawing{said}; export the drawing again as a plain SVG\n"
    )
    assert set(loaded.courses["c"].module("m").media) == {"list.pdf", "plan.svg"}


def test_a_drawing_may_refer_to_itself(tmp_path: Path) -> None:
    drawing = DRAWING.replace("<path", '<linearGradient id="a"/><use href="#a"/><path fill="url(#a)"')
    assert found(load(write(tmp_path, GOOD | {"c/01-one/media/plan.svg": drawing}))) == ""


def test_a_large_picture_is_said(tmp_path: Path) -> None:
    loaded = load(write(tmp_path, GOOD | {"c/01-one/media/photo.jpg": b"x" * (1024 * 1024 + 1)}))
    assert "warning: c/01-one/media/photo.jpg:1: the file is larger than 1 MB" in found(loaded)


def outside(folder: Path) -> Path:
    """A file and a folder that must not be read."""
    return (
        write(folder, {"secret/en.md": ENGLISH, "secret/plan.png": b"x", "secret/course.md": COURSE})
        / "secret"
    )


def test_symbolic_links_that_lead_outside_are_not_followed(tmp_path: Path) -> None:
    secret = outside(tmp_path)
    courses = write(tmp_path / "courses", GOOD)
    (courses / "c/01-one/es.md").symlink_to(secret / "en.md")
    (courses / "c/01-one/media/x.png").symlink_to(secret / "plan.png")
    (courses / "c/course.es.md").symlink_to(secret / "course.md")
    (courses / "d").symlink_to(secret)
    loaded = load(courses)
    message = "this is a symbolic link to a place outside the cours"
    assert [(problem.path, message in problem.message) for problem in loaded.problems] == [
        ("c/01-one/es.md", True),
        ("c/01-one/media/x.png", True),
        ("c/course.es.md", True),
        ("d", True),
    ]
    assert loaded.courses["c"].module("m").languages == ("en",)


def test_a_module_folder_that_leads_outside_is_not_followed(tmp_path: Path) -> None:
    secret = outside(tmp_path)
    courses = write(tmp_path / "courses", GOOD | {"c/course.md": COURSE.replace("02-other", "03-linked")})
    (courses / "c/03-linked").symlink_to(secret)
    text = found(load(courses))
    assert "error: c/course.md:5: the folder 03-linked is a symbolic link to another place" in text


def test_symbolic_links_that_stay_inside_are_followed(tmp_path: Path) -> None:
    courses = write(tmp_path, GOOD)
    (courses / "c/01-one/media/copy.svg").symlink_to(courses / "c/01-one/media/plan.svg")
    assert "copy.svg" in load(courses).courses["c"].module("m").media


def test_a_symbolic_link_in_a_circle_ends(tmp_path: Path) -> None:
    courses = write(tmp_path, GOOD)
    (courses / "c/01-one/media/loop").symlink_to(courses / "c")
    assert load(courses).courses["c"].release


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_named_pipe_does_not_stop_the_loader(tmp_path: Path) -> None:
    courses = write(tmp_path, GOOD)
    os.mkfifo(courses / "c/01-one/es.md")
    os.mkfifo(courses / "c/01-one/media/x.png")
    assert [problem.message for problem in load(courses).problems] == [
        "this is not a file; put a text file here",
        "this is not a file; put media directly into the folder",
    ]


def test_a_broken_module_is_left_out_and_its_translations_with_it(tmp_path: Path) -> None:
    loaded = library(tmp_path, en=ENGLISH.replace("- [x]", "- [ ]"), es=SPANISH)
    assert [module.id for module in loaded.courses["c"].modules] == ["other"]


def test_a_broken_translation_is_left_out_and_english_shown(tmp_path: Path) -> None:
    module = library(tmp_path, es=SPANISH.replace("- [ ] Two", "- [x] Two")).courses["c"].module("m")
    assert module.languages == ("en",)
    assert module.text("es") is module.text("en")


def test_a_stale_translation_is_shown(tmp_path: Path) -> None:
    loaded = library(tmp_path, es=SPANISH.replace("source_version: 2", "source_version: 1"))
    module = loaded.courses["c"].module("m")
    assert module.text("es").language == "es"
    assert module.text("es").source_version == 1 < module.version
    assert [problem.severity for problem in loaded.problems] == ["warning"]


def test_a_broken_course_does_not_stop_the_others(tmp_path: Path) -> None:
    broken = {"a/course.md": b"\xff\xff", "a/01-one/en.md": ENGLISH}
    second = {"b/course.md": SECOND, "b/02-other/en.md": GOOD["c/02-other/en.md"]}
    loaded = load(write(tmp_path, GOOD | broken | second))
    assert list(loaded.courses) == ["c", "second"]
    assert {problem.path for problem in loaded.problems} == {"a/course.md"}


def test_a_course_without_a_module_that_can_be_shown_is_left_out(tmp_path: Path) -> None:
    loaded = load(write(tmp_path, GOOD | {"c/01-one/en.md": "", "c/02-other/en.md": ""}))
    assert not loaded.courses
    assert "c/course.md:5: no module of the course can be shown; mend the errors in them" in found(loaded)


def test_the_problems_of_modules_are_found_when_the_course_page_is_broken(tmp_path: Path) -> None:
    loaded = library(tmp_path, course="", en=ENGLISH.replace("{#what}", ""))
    assert {problem.path for problem in loaded.problems} == {"c/course.md", "c/01-one/en.md"}


def test_a_module_without_english_is_left_out(tmp_path: Path) -> None:
    files = dict(GOOD)
    files["c/01-one/es.md"] = SPANISH
    del files["c/01-one/en.md"]
    loaded = load(write(tmp_path, files))
    assert "error: c/01-one:1: there is no English text; write it in the file en.md of this folder" in found(
        loaded
    )
    assert [module.id for module in loaded.courses["c"].modules] == ["other"]


def test_of_two_courses_or_modules_with_one_id_the_first_stays(tmp_path: Path) -> None:
    twin = {
        "d/course.md": COURSE.replace("A course", "Another"),
        "d/01-one/en.md": ENGLISH,
        "d/02-other/en.md": ENGLISH,
    }
    loaded = load(write(tmp_path, GOOD | twin))
    assert loaded.courses["c"].title["en"] == "A course"
    assert found(loaded) == (
        "error: d/02-other/en.md:2: the module in 01-one has the id m too; change one of them\n"
        "error: d/course.md:1: the course in c has the id c too; change one of them\n"
    )


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    loaded = load(tmp_path / "nowhere")
    assert not loaded.courses
    assert loaded.problems[0].message.startswith("there is no such folder")


def test_an_empty_folder_is_an_empty_library(tmp_path: Path) -> None:
    assert load(tmp_path).problems == ()


def test_courses_stand_in_their_order(tmp_path: Path) -> None:
    second = SECOND.replace("---\nAbout", "order: 1\n---\nAbout")
    files = {"z/course.md": second, "z/02-other/en.md": GOOD["c/02-other/en.md"]}
    assert list(load(write(tmp_path, GOOD | files)).courses) == ["second", "c"]


def test_descriptions_of_the_course_page(tmp_path: Path) -> None:
    pages = {
        "c/course.es.md": "---\nsource_version: 1\n---\nSobre *ello*.\n",
        "c/course.nl.md": "---\nsource_version: 1\n---\n<b>Kapot</b>\n",
        "c/course.fi.md": "---\nsource_version: 3\n---\nSiitä.\n",
    }
    loaded = load(write(tmp_path, GOOD | pages))
    assert dict(loaded.courses["c"].description_html) == {
        "en": "<p>About it.</p>",
        "es": "<p>Sobre <em>ello</em>.</p>",
        "fi": "<p>Siitä.</p>",
    }
    assert [(problem.severity, problem.path) for problem in loaded.problems] == [
        ("warning", "c/course.fi.md"),
        ("warning", "c/course.fi.md"),
        ("warning", "c/course.nl.md"),
        ("error", "c/course.nl.md"),
    ]


def test_the_release_changes_with_every_file_and_with_nothing_else(tmp_path: Path) -> None:
    first = load(write(tmp_path / "a", GOOD)).courses["c"].release
    assert load(write(tmp_path / "b", dict(reversed(GOOD.items())))).courses["c"].release == first
    assert len(first) == 12
    for name, content in {
        "c/01-one/media/plan.svg": DRAWING + "\n",
        "c/01-one/en.md": ENGLISH + "\n",
    }.items():
        assert (
            load(write(tmp_path / name.replace("/", "-"), GOOD | {name: content})).courses["c"].release
            != first
        )


def test_a_single_course_loads_by_itself(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    assert load_course(tmp_path / "c") == load(tmp_path)


def test_threads_that_load_at_once_get_the_same(tmp_path: Path) -> None:
    write(
        tmp_path,
        GOOD | {"c/01-one/en.md": ENGLISH.replace("Text.", "Some *text* with [a link](#detail).\n" * 50)},
    )
    expected = load(tmp_path)
    assert expected.problems == ()
    results = []
    threads = [threading.Thread(target=lambda: results.append(load(tmp_path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 8
