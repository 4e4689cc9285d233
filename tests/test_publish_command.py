"""near-learn publish and near-learn releases, as people and scripts run them."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from near_learn import Settings, create_app, publishing, schema
from near_learn.content_library import library, releases
from near_learn.db import db
from near_learn.publish_command import list_releases, publish
from near_learn.records import progress

GARDEN = Path(__file__).parent / "records" / "courses" / "garden"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(GARDEN, tmp_path / "courses" / "garden"))


@pytest.fixture
def settings(settings: Settings, folder: Path) -> Settings:
    return replace(settings, courses=folder.parent)


def run(app: Flask, *arguments: str, command: Any = publish) -> Result:
    return app.test_cli_runner().invoke(command, list(arguments))


def edit(folder: Path, before: str, after: str, file: str = "01-soil/en.md") -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def releases_in_database(app: Flask) -> dict[str, sa.Row[Any]]:
    with app.app_context(), db.engine.connect() as connection:
        return {row.release: row for row in connection.execute(sa.select(progress.release))}


def current(app: Flask) -> str:
    with app.app_context():
        found = releases().current("garden")
        return found.id if found else ""


def test_publishing_tells_first_what_learners_notice(app: Flask, folder: Path) -> None:
    first = run(app)
    assert first.exit_code == 0, first.output
    assert "The course is new to learners." in first.output
    assert f"Release {current(app)}: learners see it now." in first.output
    edit(folder, "Some words", "Other words")
    second = run(app, "garden", "--note", "Better words")
    assert second.exit_code == 0
    assert "In “Soil”: reads differently in English." in second.output
    assert "Everybody sees this at once, without being asked." in second.output
    assert second.output.index("Soil") < second.output.index("learners see it now")
    with app.app_context():
        assert [each.note for each in releases().history("garden")] == ["Better words", ""]


def test_a_dry_run_publishes_nothing(app: Flask, folder: Path) -> None:
    done = run(app, "--dry-run")
    assert done.exit_code == 0
    assert "Not published: this was a dry run." in done.output
    assert current(app) == ""


def test_nothing_to_publish(app: Flask) -> None:
    run(app)
    again = run(app)
    assert again.exit_code == 0
    assert "Nothing to publish" in again.output
    named = run(app, "garden")
    assert named.exit_code == 0
    assert "nothing has changed since" in named.output


def test_structure_and_questions_are_told_apart(app: Flask, folder: Path) -> None:
    run(app)
    edit(folder, "[01-soil, 02-water]", "[02-water, 01-soil]", "course.md")
    for language in ("en", "es"):
        edit(folder, "pass_mark: 0.6", "pass_mark: 0.8", f"01-soil/{language}.md")
    told = run(app, "--dry-run").output
    assert "people in the middle of it are asked" in told
    assert "1 quiz is another one for new attempts" in told
    assert "The modules stand in another order." in told
    assert "another value for the pass mark" in told


def test_a_course_with_errors_is_refused_with_all_of_them(app: Flask, folder: Path) -> None:
    run(app)
    before = current(app)
    (folder / "01-soil" / "es.md").write_text("nada")
    edit(folder, "kind: skill", "kind: thing", "02-water/en.md")
    done = run(app)
    assert done.exit_code == 1
    assert "garden/01-soil/es.md:1:" in done.output
    assert "garden/02-water/en.md:" in done.output
    assert "Not published: mend these first." in done.output
    assert current(app) == before


def test_a_course_that_cannot_be_read_is_refused(app: Flask, folder: Path) -> None:
    (folder / "course.md").write_text("nothing")
    for arguments in ([], ["garden"]):
        done = run(app, *arguments)
        assert done.exit_code == 1, done.output
        assert "garden/course.md:1:" in done.output


def test_one_broken_course_does_not_hold_up_the_others(app: Flask, folder: Path) -> None:
    other = Path(shutil.copytree(folder, folder.parent / "other"))
    edit(other, "id: garden", "id: other", "course.md")
    (folder / "01-soil" / "es.md").write_text("nada")
    done = run(app)
    assert done.exit_code == 1
    with app.app_context():
        assert releases().courses() == ["other"]


def test_a_draft_is_published_only_when_it_is_named(app: Flask, folder: Path) -> None:
    edit(folder, "order: 1", "order: 1\ndraft: true", "course.md")
    assert "Nothing to publish" in run(app).output
    assert current(app) == ""
    assert run(app, "garden").exit_code == 0
    first = current(app)
    assert first
    edit(folder, "Some words", "Other words")
    assert run(app).exit_code == 0
    assert current(app) != first


def test_an_unknown_course_is_named(app: Flask) -> None:
    done = run(app, "gardn")
    assert done.exit_code == 2
    assert "'gardn'" in done.output
    assert "garden" in done.output
    assert current(app) == ""


def test_as_json(app: Flask, folder: Path) -> None:
    first = json.loads(run(app, "--json").output)
    assert [(one["course"], one["before"], one["release"]) for one in first] == [
        ("garden", None, current(app))
    ]
    assert first[0]["changes"]["first"] is True
    (folder / "01-soil" / "es.md").write_text("nada")
    refused = run(app, "--json")
    assert refused.exit_code == 1
    (one,) = json.loads(refused.output)
    assert one["release"] is None
    assert one["problems"]


def test_the_database_learns_of_it(app: Flask, folder: Path) -> None:
    run(app)
    edit(folder, "[01-soil, 02-water]", "[02-water, 01-soil]", "course.md")
    run(app)
    row = releases_in_database(app)[current(app)]
    assert row.modules == ["water", "soil"]
    assert row.instruments == []
    with app.app_context():
        assert row.structure == library().courses["garden"].structure


def test_publishing_without_a_database(settings: Settings, tmp_path: Path) -> None:
    if settings.database_url:
        pytest.skip("about the SQLite file that is not there yet")
    app = create_app(replace(settings, data=tmp_path / "fresh"), serving=False)
    done = run(app)
    assert done.exit_code == 0, done.output
    with app.app_context():
        schema.upgrade()
        made = releases().current("garden")
        assert made is not None
        with db.engine.connect() as connection:
            row = connection.execute(sa.select(progress.release)).one()
        assert (row.release, row.loaded_at) == (made.id, made.published_at)
        db.session.remove()
        db.engine.dispose()


def test_an_upgrade_remembers_every_release_with_its_time(app: Flask, folder: Path) -> None:
    made = []
    with app.app_context():
        for number in range(3):
            edit(folder, "words about soil", f"words about soil, {number}")
            made.append(releases().publish(folder))
        schema.upgrade()
        db.session.remove()
    rows = releases_in_database(app)
    assert {each.id: each.published_at for each in made} == {
        each.id: rows[each.id].loaded_at for each in made
    }


# --- the list ----------------------------------------------------------------------------------------


def test_the_list_names_the_current_one(app: Flask, folder: Path) -> None:
    run(app, "--note", "first of all")
    first = current(app)
    edit(folder, "Some words", "Other words")
    run(app)
    shown = run(app, command=list_releases)
    assert shown.exit_code == 0
    assert f"{current(app)} (current)" in shown.output
    assert first in shown.output
    assert "first of all" in shown.output
    listed = json.loads(run(app, "garden", "--json", command=list_releases).output)
    assert [(one["release"], one["current"], one["registrations"]) for one in listed] == [
        (current(app), True, 0),
        (first, False, 0),
    ]


def test_the_list_of_an_unknown_course(app: Flask) -> None:
    done = run(app, "nothing", command=list_releases)
    assert done.exit_code == 2
    assert "'nothing'" in done.output


# --- before serving ----------------------------------------------------------------------------------


def test_what_was_never_published_is_published_once(app: Flask, folder: Path) -> None:
    (made,) = publishing.publish_first(app)
    assert made.id == current(app)
    assert made.id in releases_in_database(app)
    edit(folder, "Some words", "Other words")
    assert publishing.publish_first(app) == []
    assert current(app) == made.id


def test_drafts_and_broken_courses_are_left(
    app: Flask, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    draft = Path(shutil.copytree(folder, folder.parent / "draft"))
    edit(draft, "id: garden", "id: draft\ndraft: true", "course.md")
    broken = Path(shutil.copytree(folder, folder.parent / "broken"))
    edit(broken, "id: garden", "id: broken", "course.md")
    (broken / "01-soil" / "es.md").write_text("nada")
    unreadable = folder.parent / "unreadable"
    unreadable.mkdir()
    (unreadable / "course.md").write_text("nothing")
    assert [made.course for made in publishing.publish_first(app)] == ["garden"]
    assert "broken was not published" in caplog.text
    with app.app_context():
        assert set(library().courses) == {"garden", "broken"}
