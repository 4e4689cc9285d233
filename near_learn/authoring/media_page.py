"""Pictures and other files of a module: sent from the editor, shown in its preview."""

from __future__ import annotations

from flask import abort, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from near_learn.authoring import inserting, upload
from near_learn.authoring.blueprint import blueprint, by_whom, cannot_write, folder_of, place_of
from near_learn.authoring.editor import page, sent_text
from near_learn.authoring.place import module_folder
from near_learn.authoring.question_page import caret_of
from near_learn.authoring.upload import LONGEST_ALTERNATIVE, Refused
from near_learn.content.media import LARGEST, TYPES, files
from near_learn.player import media_file
from near_learn.security import limiter

UPLOADS = "60 per 10 minutes"


@blueprint.post("/<course>/upload/<path:text>")
@limiter.limit(UPLOADS, key_func=by_whom)
def send_media(course: str, text: str) -> str | Response | tuple[str, int]:
    """Keeps the file in the module's media and writes the line that shows it into the text, not saved yet."""
    place = place_of(course, text)
    sent, base = sent_text(), request.form.get("base", "")
    caret = caret_of(sent)
    alternative = " ".join(request.form.get("alternative", "").split())

    def again(error: str) -> str | Response | tuple[str, int]:
        return page(place, sent, base, error=error, caret=caret, alternative=alternative)

    if not place.module:
        return again(gettext("The course page shows no files. Put them into a module."))
    file = request.files.get("file")
    if file is None or not file.filename:
        return again(gettext("Choose a file first."))
    if not alternative or len(alternative) > LONGEST_ALTERNATIVE:
        return again(
            gettext("Describe the file: people who cannot see the picture hear these words instead.")
        )
    try:
        accepted = upload.accept(file.filename, file.stream.read(LARGEST + 1))
        name = upload.keep(place.folder / place.module, accepted)
    except Refused as refused:
        return again(refusal(refused))
    except OSError as error:
        return again(cannot_write(error))
    changed, where = inserting.insert(sent, upload.markdown(name, alternative), caret)
    return page(place, changed, base, caret=where)


def refusal(refused: Refused) -> str:
    """Why a file was not taken, and what to do."""
    known: dict[str, str] = {
        "empty": gettext("The file is empty. Choose another one."),
        "large": gettext(
            "The file is larger than %(number)s MB. Make it smaller.", number=LARGEST // 1024 // 1024
        ),
        "type": gettext(
            "The file holds something that cannot be shown, whatever its name says. Use one of: %(names)s.",
            names=", ".join(ending.lstrip(".") for ending in sorted(TYPES)),
        ),
        "unfit": gettext("The file cannot be shown: %(reason)s.", reason=refused.detail),
    }
    return known[refused.reason]


@blueprint.get("/<course>/media/<folder>/<name>")
def media(course: str, folder: str, name: str) -> Response:
    """A file of the working copy, for the preview."""
    module = module_folder(folder_of(course), folder)
    found, _ = files(module, module.parent, "")
    if name not in found:
        abort(404)
    response = media_file.answer(found[name])
    response.headers["Cache-Control"] = "private, no-cache"  # it may be another one a moment later
    return response
