"""The desk by forms alone, as somebody without JavaScript uses it."""

from __future__ import annotations

import html
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from near_learn.authoring.history import History
from near_learn.content_library import library, working_copy
from near_learn.people.role import Role
from tests.authoring.conftest import ENGLISH, Desk

SPANISH = "01-first-visit/es.md"


def textarea(page: str) -> str:
    """What stands in the editor."""
    found = re.search(r'<textarea[^>]*name="text"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert found
    return html.unescape(found[1])


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return html.unescape(found[1])


def frame(page: str) -> str:
    """The document in the preview's frame."""
    found = re.search(r'srcdoc="([^"]*)"', page)
    assert found
    return html.unescape(found[1])


# --- the lists -------------------------------------------------------------------------------------------


def test_the_list_says_how_each_course_stands(desk: Desk) -> None:
    (desk.courses / "broken").mkdir()
    (desk.courses / "broken" / "course.md").write_text("no front matter")
    page = desk.get("/").text
    assert "A garden for everybody" in page
    assert "Never published" in page
    assert "/desk/broken/" in page
    assert "1 error" in page


def test_a_course_shows_its_texts_problems_and_missing_translations(desk: Desk) -> None:
    page = desk.get("/garden/").text
    assert f"/desk/garden/edit/{ENGLISH}" in page
    assert "missing: begin" in page
    assert "Nothing to mend" in page
    english = desk.courses / "garden" / ENGLISH
    english.write_text(english.read_text().replace("version: 1\n", "version: 2\n"))
    page = desk.get("/garden/").text
    assert "English has changed" in page
    english.write_text(english.read_text().replace("minutes: 20", "minutes: x"))
    page = desk.get("/garden/").text
    assert re.search(r"\d errors?", page)
    assert f"{ENGLISH}?line=7" in page


def test_a_course_without_a_readable_page_can_be_opened_and_mended(desk: Desk) -> None:
    main = desk.courses / "garden" / "course.md"
    good = main.read_text()
    main.write_text("---\nid: [\n---\n")
    assert desk.get("/").status_code == 200
    assert "01-first-visit" in desk.get("/garden/").text
    page = desk.get("/garden/edit/course.md")
    assert page.status_code == 200
    assert textarea(page.text) == "---\nid: [\n---\n"
    assert desk.save(good, file="course.md").status_code == 302
    assert main.read_text() == good


# --- who -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.TRAINER, 200), (Role.OPERATOR, 200), (Role.MANAGER, 403), (Role.PROFESSIONAL, 403)],
)
def test_the_desk_is_for_trainers_and_operators(
    sit_down: Callable[..., Desk], role: Role, status: int
) -> None:
    desk = sit_down("somebody", role)
    for path in ("/", "/garden/", f"/garden/edit/{ENGLISH}", "/garden/media/01-first-visit/plan.svg"):
        assert desk.get(path).status_code == status
    assert ("Writing desk" in desk.client.get("/").text) is (status == 200)
    before = desk.text()
    assert desk.save("changed\n").status_code == (302 if status == 200 else 403)
    assert (desk.text() == before) is (status == 403)


def test_every_form_needs_its_token(app: Flask, desk: Desk) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    assert desk.save("x\n").status_code == 400
    assert desk.post(f"/garden/check/{ENGLISH}", text="x").status_code == 400
    assert desk.post("/garden/delete-module/02-season", module="02-season").status_code == 400
    assert (desk.courses / "garden" / "02-season").is_dir()


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere/",
        "/../",
        "/garden/edit/../../etc/passwd",
        "/garden/edit/..%2f..%2fetc%2fpasswd",
        "/garden/edit/README.md",
        "/garden/edit/01-first-visit/media/plan.svg",
        "/garden/edit/01-first-visit/fr.md",
        "/garden/history/01-first-visit/nope.md",
        "/garden/history/99-gone/en.md",
        "/garden/media/01-first-visit/nope.svg",
        "/garden/media/01-first-visit/..%2fen.md",
        "/garden/media/media/plan.svg",
        "/garden/delete/course.md",
        "/garden/delete/01-first-visit/en.md",
        "/garden/delete-module/nowhere",
        "/garden/delete-module/..",
        "/garden/delete-module/media",
    ],
)
def test_other_places_are_not_there(desk: Desk, path: str) -> None:
    assert desk.get(path).status_code in {404, 308}


@pytest.mark.parametrize(
    "file", ["../x.md", "en.md", "01-first-visit/xx.md", "nowhere/en.md", "01-first-visit/en.txt"]
)
def test_nothing_is_written_outside_the_texts(desk: Desk, file: str) -> None:
    before = sorted(path.as_posix() for path in desk.courses.parent.rglob("*.md"))
    assert desk.post(f"/garden/edit/{file}", text="x", base="none", do="save").status_code == 404
    assert sorted(path.as_posix() for path in desk.courses.parent.rglob("*.md")) == before


# --- writing ---------------------------------------------------------------------------------------------


def test_the_editor_holds_the_text_exactly(desk: Desk) -> None:
    english = desk.courses / "garden" / ENGLISH
    english.write_text("\n\n" + english.read_text() + "\n<b>&amp;\n")
    page = desk.get(f"/garden/edit/{ENGLISH}").text
    assert textarea(page) == english.read_text()


def test_saving_writes_the_file_that_git_sees_and_keeps_its_line_ends(desk: Desk) -> None:
    english = desk.courses / "garden" / ENGLISH
    english.write_bytes(english.read_bytes().replace(b"\n", b"\r\n"))
    text = desk.text().replace("\r\n", "\n").replace("tomatoes", "beans")
    answer = desk.save(text)
    assert answer.status_code == 302
    assert desk.text() == text.replace("\n", "\r\n")
    assert "Saved. Learners see it when" in desk.client.get(answer.location).text


def test_a_text_with_errors_is_saved_and_the_errors_are_told(desk: Desk) -> None:
    answer = desk.save(desk.text().replace("- [x] The people who", "- [ ] The people who"))
    page = desk.client.get(answer.location).text
    assert "1 error must be mended" in page
    assert "no option is marked as right" in page
    assert re.search(r'data-line="\d+"', page)


def test_check_and_show_saves_nothing_and_loses_nothing(desk: Desk) -> None:
    before = desk.text()
    text = before.replace("tomatoes", "aubergines").replace("minutes: 20", "minutes: soon")
    page = desk.post(f"/garden/edit/{ENGLISH}", text=text, base=desk.digest(), do="check").text
    assert desk.text() == before
    assert textarea(page) == text
    assert field(page, "base") == desk.digest()
    assert "Line 7, error" in page
    assert "Not saved yet" in page


def test_the_preview_shows_the_right_answers_or_what_learners_see(desk: Desk) -> None:
    trainer = frame(desk.get(f"/garden/edit/{ENGLISH}?show=trainer").text)
    learner = frame(desk.get(f"/garden/edit/{ENGLISH}?show=learner").text)
    assert "aubergines" not in trainer
    for told in ("Right answer", "They know things that no map shows", "planned without its people"):
        assert told in trainer
        assert told not in learner
    assert 'type="radio" name="answer"' in learner
    for seen in (trainer, learner):
        assert "Whom do you ask first?" in seen
        assert "/desk/garden/media/01-first-visit/plan.svg" in seen
        assert '<a target="_blank" href="https://example.org/gardens"' in seen
        assert "<script" not in seen
        assert "csrf" not in seen


@pytest.mark.parametrize("file", [ENGLISH, "course.md"])
@pytest.mark.parametrize(
    "bad",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "![x](https://evil.example/x.png)",
        '"></iframe><script>alert(1)</script>',
    ],
)
def test_nothing_that_could_act_reaches_the_preview(desk: Desk, file: str, bad: str) -> None:
    page = desk.post(f"/garden/edit/{file}", text=desk.text(file) + f"\n{bad}\n", base="", do="check").text
    assert 'sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"' in page
    assert "<script>alert" not in page
    shown = frame(page)
    for active in ("<script", "<img src=x", 'href="javascript', 'evil.example/x.png"'):
        assert active not in shown


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({}, 400),
        ({"base": "x"}, 400),
        ({"text": ""}, 422),
        ({"text": " \n\t "}, 422),
        ({"text": "x" * (256 * 1024 + 1)}, 413),
        ({"text": "€" * 100_000}, 413),
        ({"text": "a\0b"}, 400),
    ],
)
def test_what_cannot_be_a_text_is_not_saved(desk: Desk, form: dict[str, str], status: int) -> None:
    before = desk.text()
    assert (
        desk.post(f"/garden/edit/{ENGLISH}", do="save", **{"base": desk.digest(), **form}).status_code
        == status
    )
    assert desk.text() == before


def test_a_folder_that_cannot_be_written_is_told_and_the_text_stays(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("tempfile.mkstemp", read_only)
    answer = desk.save("my long work\n")
    assert answer.status_code == 422
    assert "Read-only file system" in answer.text
    assert textarea(answer.text) == "my long work\n"


def test_a_file_that_is_not_utf_8_can_be_mended(desk: Desk) -> None:
    path = desk.courses / "garden" / SPANISH
    text = path.read_text()
    path.write_bytes(text.encode("cp1252", "replace"))
    page = desk.get(f"/garden/edit/{SPANISH}").text
    assert "was not saved as UTF-8" in page
    assert "Conozca a la gente" in textarea(page)
    assert desk.save(text, file=SPANISH).status_code == 302
    assert path.read_text() == text


# --- the script's request --------------------------------------------------------------------------------


def test_while_typing_findings_and_preview_come_as_json(desk: Desk) -> None:
    text = desk.text().replace("minutes: 20", "minutes: soon")
    answer = desk.post(f"/garden/check/{ENGLISH}", text=text, base=desk.digest(), show="learner")
    found = json.loads(answer.text)
    assert found["problems"][0] | {"message": ""} == {"line": 7, "severity": "error", "message": ""}
    assert found["lines"] == ["Line 7, error"]
    assert found["summary"] == "1 error"
    assert found["warning"] == ""
    assert answer.headers["Content-Type"] == "application/json"
    good = json.loads(desk.post(f"/garden/check/{ENGLISH}", text=desk.text(), base=desk.digest()).text)
    assert good["summary"] == "Nothing to mend"
    assert "tomatoes" in good["html"]


def test_checks_are_limited(app: Flask, desk: Desk) -> None:
    app.config["RATELIMIT_ENABLED"] = True
    app.extensions["limiter"].pop().enabled = True
    answers = [desk.post("/garden/check/nowhere.md", text="x").status_code for _ in range(95)]
    assert set(answers[:80]) == {404}
    assert answers[-1] == 429


# --- two at once -----------------------------------------------------------------------------------------


def test_two_trainers_are_warned_while_typing(sit_down: Callable[..., Desk]) -> None:
    elina, jef = sit_down("elina"), sit_down("jef")
    base, text = elina.digest(), elina.text()

    def warning(desk: Desk) -> str:
        found: str = desk.post(f"/garden/check/{ENGLISH}", text=text, base=base).json["warning"]
        return found

    assert warning(elina) == ""
    assert "Elina" in warning(jef)
    assert "Jef" in warning(elina)
    elina.save(text.replace("tomatoes", "beans"))
    assert "Elina has saved this text" in warning(jef)


def test_the_second_to_save_sees_both_and_merges(sit_down: Callable[..., Desk]) -> None:
    elina, jef = sit_down("elina"), sit_down("jef")
    base, text = elina.digest(), elina.text()
    theirs = text.replace("tomatoes", "beans")
    mine = text.replace("Listen first.", "Listen before you speak.")
    assert elina.save(theirs, base).status_code == 302
    answer = jef.save(mine, base)
    assert answer.status_code == 409
    assert "Elina has saved this text while you wrote" in answer.text
    assert jef.text() == theirs
    merged = textarea(answer.text)
    assert merged == theirs.replace("Listen first.", "Listen before you speak.")
    again = jef.post(f"/garden/edit/{ENGLISH}", text=merged, base=field(answer.text, "base"), do="save")
    assert again.status_code == 302
    assert jef.text() == merged
    # Jef's own text, which was not saved, is in the history.
    assert "Set aside" in jef.get(f"/garden/history/{ENGLISH}").text


def test_the_same_line_changed_by_both_must_be_decided(sit_down: Callable[..., Desk]) -> None:
    elina, jef = sit_down("elina"), sit_down("jef")
    base, text = elina.digest(), elina.text()
    elina.save(text.replace("tomatoes", "beans"), base)
    answer = jef.save(text.replace("tomatoes", "peas"), base)
    merged = textarea(answer.text)
    assert "<<<<<<< your version" in merged
    assert ">>>>>>> Elina" in merged
    assert "beans" in merged
    assert "peas" in merged
    # Saved as it is, the checker keeps it from being published.
    jef.post(f"/garden/edit/{ENGLISH}", text=merged, base=field(answer.text, "base"), do="save")
    assert "left over from merging" in jef.get("/garden/publish").text


def test_a_base_that_nobody_knows_shows_both(desk: Desk) -> None:
    answer = desk.save(desk.text() + "\nmore\n", base="0123456789abcdef")
    assert answer.status_code == 409
    assert textarea(answer.text).endswith("more\n")
    assert "What you both began with is not known" in answer.text


# --- history ---------------------------------------------------------------------------------------------


def test_history_shows_differences_and_brings_an_earlier_version_back(app: Flask, desk: Desk) -> None:
    first = desk.text()
    desk.save(first.replace("tomatoes", "beans"))
    desk.save(first.replace("tomatoes", "peas"))
    page = desk.get(f"/garden/history/{ENGLISH}").text
    assert page.count("Elina") >= 2
    versions = History(app.extensions["settings"].data / "history").entries("garden", ENGLISH)
    assert [each.text for each in versions][-1] == first
    shown = desk.get(f"/garden/history/{ENGLISH}?version={versions[-1].id}").text
    assert "<mark>tomatoes</mark>" in shown
    assert "<mark>peas</mark>" in shown
    then = desk.get(f"/garden/history/{ENGLISH}?version={versions[1].id}&with=before").text
    assert "<mark>beans</mark>" in then
    assert (
        desk.post(
            f"/garden/restore/{ENGLISH}", version=versions[-1].id, base=field(shown, "base")
        ).status_code
        == 302
    )
    assert desk.text() == first
    assert "Restored" in desk.get("/garden/history").text
    # With an old base somebody else's work would be lost: both are shown instead.
    stale = desk.post(f"/garden/restore/{ENGLISH}", version=versions[1].id, base=versions[1].id)
    assert stale.status_code == 409
    assert desk.text() == first


@pytest.mark.parametrize("version", ["", "../../secret", "20261122T051500000000Z.saved."])
def test_versions_that_do_not_exist_cannot_be_restored(desk: Desk, version: str) -> None:
    desk.save(desk.text() + "\nmore\n")
    before = desk.text()
    assert desk.post(f"/garden/restore/{ENGLISH}", version=version, base=desk.digest()).status_code == 404
    assert desk.text() == before


# --- beginning and taking away ---------------------------------------------------------------------------


def test_a_new_course_is_a_draft_that_only_trainers_see(app: Flask, desk: Desk) -> None:
    answer = desk.post("/new", title="Working with families")
    assert answer.status_code == 302
    folder = desk.courses / answer.location.rstrip("/").rsplit("/", 1)[1]
    assert "draft: true" in (folder / "course.md").read_text()
    assert "Draft" in desk.client.get(answer.location).text
    with app.test_request_context():
        assert folder.name in working_copy().courses
        assert folder.name not in library().courses
        assert not [each for each in working_copy().errors if each.path.startswith(folder.name)]


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"title": "   "},
        {"title": "X", "id": "../x"},
        {"title": "X", "id": "Has Spaces"},
        {"title": "X", "id": "garden"},
        {"title": "X", "id": "x" * 200},
    ],
)
def test_a_course_that_cannot_be_begun(desk: Desk, form: dict[str, str]) -> None:
    before = sorted(desk.courses.rglob("*"))
    answer = desk.post("/new", **form)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert str(desk.courses) not in answer.text
    assert sorted(desk.courses.rglob("*")) == before


def test_a_new_module_joins_the_course(desk: Desk) -> None:
    answer = desk.post("/garden/new-module", title="The harvest", kind="tool")
    assert answer.status_code == 302
    assert re.search(r"- \d\d-the-harvest\n", desk.text("course.md"))
    page = desk.client.get(answer.location).text
    assert "Nothing to mend" in page
    assert desk.post("/garden/new-module", title="The harvest").status_code == 422
    assert desk.post("/garden/new-module", title="").status_code == 422
    assert desk.post("/garden/new-module", title="X", kind="nonsense").status_code == 422


def test_a_new_translation_begins_with_the_english_text(desk: Desk) -> None:
    answer = desk.post("/garden/new-translation", module="02-season", language="fi")
    assert answer.status_code == 302
    assert "source_version: " in desk.text("02-season/fi.md")
    page = desk.client.get(answer.location).text
    assert "The English text" in page
    for form in ({}, {"language": "xx"}, {"language": "../x"}, {"module": "02-season", "language": "en-GB "}):
        assert desk.post("/garden/new-translation", **form).status_code in {302, 404, 422}
    assert desk.post("/garden/new-translation", module="../garden", language="fi").status_code == 404
    assert desk.post("/garden/new-translation", module="nowhere", language="fi").status_code == 404
    written = desk.text("02-season/fi.md")
    desk.post("/garden/new-translation", module="02-season", language="fi")
    assert desk.text("02-season/fi.md") == written


def test_beside_a_translation_stands_what_changed_in_english(desk: Desk) -> None:
    text = desk.text()
    desk.save(text.replace("tomatoes", "beans").replace("\nversion: 1\n", "\nversion: 2\n"))
    page = desk.get(f"/garden/edit/{SPANISH}").text
    assert "Version 2; this translation stands for 1. What is new is marked." in page
    assert "<mark>beans</mark>" in page
    desk.save(desk.text(SPANISH).replace("source_version: 1", "source_version: 2"), file=SPANISH)
    page = desk.get(f"/garden/edit/{SPANISH}").text
    assert "Version 2, for which this translation stands." in page
    assert "<mark>" not in page


def test_taking_a_translation_away_asks_first_and_keeps_it(desk: Desk) -> None:
    text = desk.text(SPANISH)
    page = desk.get(f"/garden/delete/{SPANISH}").text
    assert desk.post(f"/garden/delete/{SPANISH}").status_code == 200
    assert desk.post(f"/garden/delete/{SPANISH}", base="wrong").status_code == 200
    assert desk.text(SPANISH) == text
    assert desk.post(f"/garden/delete/{SPANISH}", base=field(page, "base")).status_code == 302
    assert not (desk.courses / "garden" / SPANISH).exists()
    shown = desk.get(f"/garden/history/{SPANISH}").text
    version = re.search(r"version=([^\"&]+)\"", shown)
    assert version
    assert SPANISH in desk.get("/garden/history").text
    assert desk.post(f"/garden/restore/{SPANISH}", version=version[1], base="none").status_code == 302
    assert desk.text(SPANISH) == text


def test_taking_a_module_away_takes_it_off_the_list_and_keeps_every_file(app: Flask, desk: Desk) -> None:
    main, english = desk.text("course.md"), desk.text()
    plan = (desk.courses / "garden/01-first-visit/media/plan.svg").read_bytes()
    assert "plan.svg" in desk.get("/garden/delete-module/01-first-visit").text
    assert desk.post("/garden/delete-module/01-first-visit").status_code == 200
    assert desk.post("/garden/delete-module/01-first-visit", module="01-first-visit").status_code == 302
    assert not (desk.courses / "garden" / "01-first-visit").exists()
    assert desk.text("course.md") == main.replace("  - 01-first-visit\n", "")
    kept = History(app.extensions["settings"].data / "history").files("garden")
    assert {
        "01-first-visit/en.md",
        "01-first-visit/es.md",
        "01-first-visit/media/plan.svg",
        "course.md",
    } <= set(kept)
    shown = desk.get(f"/garden/history/{ENGLISH}")
    assert shown.status_code == 200
    version = re.search(r"version=([^\"&]+)\"", shown.text)
    assert version
    assert desk.post(f"/garden/restore/{ENGLISH}", version=version[1], base="none").status_code == 302
    assert desk.text() == english
    # With the text come its pictures, and its place in the course (at the end).
    assert (desk.courses / "garden/01-first-visit/media/plan.svg").read_bytes() == plan
    assert "  - 03-summer-evening\n  - 01-first-visit\n" in desk.text("course.md")


# --- adding to the text ----------------------------------------------------------------------------------


def test_the_question_form_writes_into_the_section_and_saves_nothing(desk: Desk) -> None:
    before = desk.text()
    carried = {"text": before, "base": desk.digest(), "kind": "choice"}
    form = desk.post(f"/garden/question/{ENGLISH}", **carried).text
    assert textarea(form) == before
    assert 'value="quiz" selected' in form
    wrong = desk.post(f"/garden/question/{ENGLISH}", **carried, do="insert", **{"text-1": "Only one"})
    assert wrong.status_code == 422
    assert "Write what is asked." in wrong.text
    assert 'value="Only one"' in wrong.text
    assert textarea(wrong.text) == before
    more = desk.post(f"/garden/question/{ENGLISH}", **carried, do="more", rows="4", **{"text-4": "Four"})
    assert 'name="text-6"' in more.text
    assert 'value="Four"' in more.text
    filled = {"title": "Who waters?", "text-1": "Nobody", "text-2": "We do", "right-2": "1", "section": "why"}
    page = desk.post(f"/garden/question/{ENGLISH}", **carried, do="insert", **filled).text
    text = textarea(page)
    assert "### Who waters? {#who-waters}\n\n- [ ] Nobody\n- [x] We do\n" in text
    assert text.index("Who waters?") < text.index("## Quiz")
    assert "Nothing to mend" in page
    assert desk.text() == before
    assert desk.save(text).status_code == 302


@pytest.mark.parametrize(
    "kind",
    [
        "choice",
        "true-false",
        "gap",
        "matching",
        "ordering",
        "numeric",
        "likert",
        "short-answer",
        "reflection",
        "nonsense",
        "",
    ],
)
def test_there_is_a_form_for_every_kind(desk: Desk, kind: str) -> None:
    answer = desk.post(f"/garden/question/{ENGLISH}", text=desk.text(), base="", kind=kind, do="form")
    assert answer.status_code == 200
    assert 'name="title"' in answer.text


PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def test_a_picture_is_kept_and_its_line_written(desk: Desk) -> None:
    text = desk.text()
    caret = text.index("People come for")
    answer = desk.post(
        f"/garden/upload/{ENGLISH}",
        text=text,
        base=desk.digest(),
        caret=str(caret),
        alternative="Three chairs in a circle",
        file=(io.BytesIO(PNG), "My Photo.png"),
    )
    assert answer.status_code == 200
    assert "![Three chairs in a circle](media/my-photo.png)" in textarea(answer.text)
    assert (desk.courses / "garden/01-first-visit/media/my-photo.png").read_bytes() == PNG
    assert "/desk/garden/media/01-first-visit/my-photo.png" in frame(answer.text)
    shown = desk.get("/garden/media/01-first-visit/my-photo.png")
    assert (shown.status_code, shown.data, shown.mimetype) == (200, PNG, "image/png")
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert shown.headers["Cache-Control"] == "private, no-cache"
    assert desk.text() == text


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"alternative": "x"}, "Choose a file first."),
        ({"file": (b"", "a.png"), "alternative": "x"}, "The file is empty."),
        ({"file": (PNG, "a.png")}, "Describe the file"),
        ({"file": (PNG, "a.png"), "alternative": "  "}, "Describe the file"),
        ({"file": (PNG, "a.png"), "alternative": "x" * 501}, "Describe the file"),
        ({"file": (b"<script>alert(1)</script>", "a.png"), "alternative": "x"}, "cannot be shown"),
        ({"file": (PNG + b"\0" * 10 * 1024 * 1024, "a.png"), "alternative": "x"}, "larger than 10 MB"),
    ],
)
def test_a_file_that_is_not_taken_is_explained_and_the_text_stays(
    desk: Desk, form: dict[str, object], says: str
) -> None:
    before = sorted((desk.courses / "garden/01-first-visit/media").iterdir())
    sent = dict(form)
    if "file" in sent:
        data, name = form["file"]  # type: ignore[misc]
        sent["file"] = (io.BytesIO(data), name)
    answer = desk.post(f"/garden/upload/{ENGLISH}", text="my work\n", base="", **sent)
    assert answer.status_code == 422
    assert says in answer.text
    assert textarea(answer.text) == "my work\n"
    assert sorted((desk.courses / "garden/01-first-visit/media").iterdir()) == before


# --- publishing ------------------------------------------------------------------------------------------


def test_learners_see_what_is_published_and_nothing_else(app: Flask, desk: Desk) -> None:
    page = desk.get("/garden/publish").text
    assert "The course is new to them" in page
    answer = desk.post("/garden/publish", release=field(page, "release"), note="First")
    assert answer.status_code == 302
    desk.save(desk.text().replace("tomatoes", "beans"))
    assert "Changes not published" in desk.get("/garden/").text

    def seen() -> str:
        with app.test_request_context():
            return library().courses["garden"].module("first-visit").text("en").section("why").html

    assert "tomatoes" in seen()
    page = desk.get("/garden/publish").text
    assert "Other wording in" in page
    assert "nobody is asked anything" in page
    assert "First" in page
    assert desk.post("/garden/publish", release=field(page, "release")).status_code == 302
    assert "beans" in seen()
    assert "what is published" in desk.get("/garden/publish").text
    assert "Elina" in desk.get("/garden/publish").text


def test_a_changed_structure_and_quiz_are_named(desk: Desk) -> None:
    page = desk.get("/garden/publish").text
    desk.post("/garden/publish", release=field(page, "release"))
    text = desk.text().replace("## Quiz {#quiz}", "## A new page {#extra}\n\nText.\n\n## Quiz {#quiz}")
    text += "\n### Is it open? {#is-open .true-false}\n\n= true\n"
    desk.save(text.replace("version: 1\n", "version: 2\n", 1))
    page = desk.get("/garden/publish").text
    assert "The structure is another one" in page
    assert "<code>extra</code>" in page


@pytest.mark.parametrize("release", ["", "000000000000", "../x"])
def test_only_what_was_seen_is_published(app: Flask, desk: Desk, release: str) -> None:
    assert desk.post("/garden/publish", release=release).status_code == 409
    assert "Never published" in desk.get("/garden/").text


def test_a_course_with_errors_is_not_published(desk: Desk) -> None:
    page = desk.get("/garden/publish").text
    desk.save(desk.text().replace("minutes: 20", "minutes: soon"))
    shown = desk.get("/garden/publish").text
    assert re.search(r"errors? must be mended first", shown)
    assert "Publish now" not in shown
    assert desk.post("/garden/publish", release=field(page, "release")).status_code == 422
    assert "Never published" in desk.get("/garden/").text


def test_nothing_of_a_course_lives_in_the_database(app: Flask, desk: Desk, tmp_path: Path) -> None:
    desk.save(desk.text().replace("tomatoes", "a word of its own"))
    found = [
        path for path in tmp_path.rglob("*") if path.is_file() and b"a word of its own" in path.read_bytes()
    ]
    assert found
    assert not [path for path in found if "sqlite" in path.name]
