"""Two people changed the same text: both versions on one page, and one text that holds what both wrote."""

from __future__ import annotations

from flask import render_template
from flask_babel import gettext

from near_learn.authoring import differences, merging
from near_learn.authoring.blueprint import history, names
from near_learn.authoring.merging import Merged
from near_learn.authoring.place import Place
from near_learn.authoring.saving import Changed


def conflict_page(place: Place, mine: str, changed: Changed) -> str:
    """The page. Nothing was written into the course; what was sent is kept in the history."""
    newest = history().newest(place.course, place.file)
    who = names([newest.account]).get(newest.account) if newest and changed.theirs.there else None
    theirs = changed.theirs.text
    if not changed.theirs.there or changed.base is None:
        # Without the text that both began with, nobody can tell what was added from what was taken out.
        merged = Merged(mine, 0)
    else:
        merged = merging.merge(
            changed.base, mine, theirs, (gettext("your version"), who or gettext("the version that is there"))
        )
    return render_template(
        "authoring/conflict.html",
        place=place,
        base=changed.theirs.digest,
        gone=not changed.theirs.there,
        together=changed.base is not None,
        who=who,
        merged=merged,
        theirs_rows=differences.rows(changed.base, theirs) if changed.base is not None else None,
        mine_rows=differences.rows(changed.base, mine) if changed.base is not None else None,
        both_rows=differences.rows(theirs, mine),
    )
