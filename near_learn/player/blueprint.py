"""The player's part of the site: its blueprint, and the rule that only people who signed in learn here."""

from __future__ import annotations

from importlib import import_module

from flask import Blueprint, Flask, request
from flask_login import current_user
from werkzeug.wrappers import Response

from near_learn import assets
from near_learn.people.access import to_sign_in
from near_learn.player import stopwatch
from near_learn.player.instrument import When
from near_learn.player.numbers import plain_number, shown_number
from near_learn.player.standing import State

blueprint = Blueprint("player", __name__)

# Each adds its views to the blueprint when it is imported.
VIEWS = ("catalogue", "reading", "checks", "quiz", "renewal", "result", "my_record")


def init_app(app: Flask) -> None:
    for name in VIEWS:
        import_module(f"near_learn.player.{name}")
    app.register_blueprint(blueprint)
    assets.init_app(app)


@blueprint.context_processor
def in_every_page() -> dict[str, object]:
    """What the templates of the player use besides what each view gives them."""
    return {"State": State, "When": When, "started": stopwatch.start}


blueprint.add_app_template_filter(shown_number)
blueprint.add_app_template_filter(plain_number)


@blueprint.before_request
def only_signed_in() -> Response | None:
    """Everybody who signed in may learn, whatever their role; the first page greets everybody else too."""
    if current_user.is_authenticated or request.endpoint == "player.catalogue":
        return None
    return to_sign_in()
