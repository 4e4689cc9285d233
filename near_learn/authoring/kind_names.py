"""What the kinds of question are called at the desk."""

from __future__ import annotations

from flask_babel import gettext


def kind_names() -> dict[str, str]:
    """What each kind is called, and what it is for."""
    return {
        "choice": gettext("Choice: one or several of some options"),
        "true-false": gettext("True or false"),
        "gap": gettext("Gap text: words to fill in"),
        "matching": gettext("Matching: what belongs together"),
        "ordering": gettext("Ordering: steps in their right order"),
        "numeric": gettext("Number, with a tolerance"),
        "likert": gettext("Scale, without right or wrong"),
        "short-answer": gettext("Short answer in the learner's words, not marked"),
        "reflection": gettext("Reflection, only for the learner, not marked"),
    }
