"""The pages about personal data: who looked at a record, the audit log, erasing."""

from __future__ import annotations

from flask import Blueprint, Flask

from near_learn.privacy import tombstone
from xapi.lrs import LRS

blueprint = Blueprint("privacy", __name__)


def init_app(app: Flask) -> None:
    lrs: LRS = app.extensions["lrs"]
    lrs.on_agents = tombstone.check
    app.register_blueprint(blueprint)
