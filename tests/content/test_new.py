"""New courses, modules and translations: the checker accepts them, and nothing that is there is lost."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from near_learn.content import entries, load, new, new_command
from near_learn.content.entries import CannotWrite
from near_learn.content.values import INSTRUMENTS
from tests.content.world import ENGLISH, GOOD, found, write


def run(*arguments: str) -> Result:
    """The command's result."""
    return CliRunner().invoke(new_command.new, arguments)


def errors(courses: Path) -> list[str]:
    return [str(problem) for problem in load(courses).errors]


def test_a_new_course_is_clean(tmp_path: Path) -> None:
    result = run("course", "garden", "--title", "A garden: for everybody", "--in", str(tmp_path))
    assert result.exit_code == 0, result.output
    assert f"{tmp_path}/garden/course.md" in result.output
    library = load(tmp_path)
    assert found(library) == ""
    assert library.courses["garden"].title["en"] == "A garden: for everybody"
    assert library.courses["garden"].module("first-module").text("en").quiz
    assert "draft: true" in (tmp_path / "garden/course.md").read_text("utf-8")


def test_new_modules_follow_the_numbers(tmp_path: Path) -> None:
    run("course", "garden", "--in", str(tmp_path))
    for name in ("soil", "water"):
        assert run("module", "garden", name, "--kind", "tool", "--in", str(tmp_path)).exit_code == 0
    library = load(tmp_path)
    assert found(library) == ""
    modules = library.courses["garden"].modules
    assert [module.folder.name for module in modules] == ["01-first-module", "02-soil", "03-water"]
    assert [module.kind for module in modules] == ["skill", "tool", "tool"]
    assert modules[1].text("en").title == "Soil"


def test_new_instruments_are_clean(tmp_path: Path) -> None:
    run("course", "garden", "--in", str(tmp_path))
    for kind in INSTRUMENTS:
        result = run("module", "garden", f"my-{kind}", "--kind", kind, "--in", str(tmp_path))
        assert result.exit_code == 0, result.output
    library = load(tmp_path)
    assert found(library) == ""
    course = library.courses["garden"]
    assert [module.kind for module in course.instruments] == list(INSTRUMENTS)
    assert course.instruments[0].folder.name == "my-pre-test"
    assert len(course.modules) == 1


def test_a_new_translation_keeps_ids_and_right_answers(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    assert run("translation", "c/m", "es", "--in", str(tmp_path)).exit_code == 0
    assert run("translation", "c/02-other", "nl", "--in", str(tmp_path)).exit_code == 0
    assert errors(tmp_path) == []
    module = load(tmp_path).courses["c"].module("m")
    assert module.text("es").source_version == module.version == 2
    assert [each.right for each in module.text("es").questions] == [
        each.right for each in module.text("en").questions
    ]
    text = (tmp_path / "c/01-one/es.md").read_text("utf-8")
    assert "kind: skill" not in text
    assert "minutes" not in text


def test_a_new_translation_of_a_course_page(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    assert run("translation", "c", "es", "--in", str(tmp_path)).exit_code == 0
    assert found(load(tmp_path)) == ""
    assert "es" in load(tmp_path).courses["c"].description_html


def test_attributes_of_questions_are_left_to_the_english_text() -> None:
    text = new.translation_text(
        ENGLISH + "\n### How many? {#many .numeric weight=2 see=why,steps fixed}\n", "es"
    )
    assert "### How many? {#many .numeric}\n" in text


REFUSED = [
    (("course", "My Course"), "cannot be an id"),
    (("course", "c"), "there is a course c already"),
    (("module", "nowhere", "x"), "there is no course 'nowhere'"),
    (("module", "c", "m"), "there is a module m in this course already"),
    (("module", "c", "../x"), "cannot be an id"),
    (("module", "c", "x", "--title", "a\u202eb"), "invisible character"),
    (("translation", "c/m", "en"), "en is the language that the others are translated from"),
    (("translation", "c/m", "cz"), "did you mean cs?"),
    (("translation", "c/nothing", "es"), "there is no module 'nothing' in the course c; there are 01-one"),
    (("translation", "c/02-other", "es"), "is there already, and nothing was changed"),
    (("translation", "nothing", "es"), "there is no course 'nothing'"),
]


@pytest.mark.parametrize(("arguments", "message"), REFUSED)
def test_refused(arguments: tuple[str, ...], message: str, tmp_path: Path) -> None:
    write(tmp_path, GOOD | {"c/02-other/es.md": "mine"})
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    result = run(*arguments, "--in", str(tmp_path))
    assert result.exit_code == 1
    assert message in result.output
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


MODULES = [
    ("modules:\n  - one\n", "modules:\n  - one\n  - new\n"),
    ("modules:\n- one\n- two # last\norder: 1\n", "modules:\n- one\n- two # last\n- new\norder: 1\n"),
    ("modules: [one, 'two'] # all\n", "modules: [one, 'two', new] # all\n"),
    ("modules: [\n  one,\n  two\n]\n", "modules: [\n  one,\n  two, new\n]\n"),
    ("modules: []\nid: c\n", "modules: [new]\nid: c\n"),
    ("modules:\nid: c\n", "modules:\n  - new\nid: c\n"),
    ("id: c\n", "id: c\nmodules:\n  - new\n"),
    (
        "title:\n  en: 'a: b'\n\nmodules:\n\n    - one\n\n# end\n",
        "title:\n  en: 'a: b'\n\nmodules:\n\n    - one\n    - new\n\n# end\n",
    ),
]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize(("before", "after"), MODULES)
def test_a_module_is_added_and_everything_else_stays(before: str, after: str, ending: str) -> None:
    texts = [f"---\n{matter}---\n\nText.\n\n---\nmore\n".replace("\n", ending) for matter in (before, after)]
    assert new.with_module(texts[0], "new") == texts[1]


@pytest.mark.parametrize(
    "text", ["", "no front matter", "---\nid: c\n", "---\nmodules: yes\n---\n", "---\na: [\n---\n"]
)
def test_a_broken_course_page_is_left_alone(text: str) -> None:
    with pytest.raises(CannotWrite):
        new.with_module(text, "new")


@given(st.text(min_size=1).filter(lambda text: text.split()))
def test_any_title_survives(title: str) -> None:
    try:
        written = entries.value(title)
    except CannotWrite:
        return
    read = entries.read(f"---\ntitle: {written}\n---\n").values["title"]
    assert isinstance(read, entries.Scalar)
    assert " ".join(read.text.split()) == " ".join(title.split())
