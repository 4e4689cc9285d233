"""The summary of a region as a file to print or to send."""

from __future__ import annotations

from flask import Response, request
from flask_babel import force_locale
from flask_login import current_user

from near_learn.languages import LANGUAGES
from near_learn.outcomes.asking import asking as outcomes_of
from near_learn.people.access import signed_in
from near_learn.reports import asking, paper
from near_learn.reports import summary as summaries
from near_learn.reports.blueprint import blueprint, readers_only
from near_learn.security import limiter

PAPERS_A_PERSON = "30 per minute"


def who() -> str:
    """Whose papers are counted."""
    return f"summaries:{getattr(current_user, 'id', 'nobody')}"


@blueprint.get("/summary.pdf")
@limiter.limit(PAPERS_A_PERSON, key_func=who)
@readers_only
def summary() -> Response:
    """The summary with the filters of the page, in the parameter `language` or the reader's own."""
    language = asking.chosen_language(request.args)
    asked = asking.ask(signed_in(), request.args, language)
    with force_locale(LANGUAGES[language][1]):
        made = summaries.of(asked, outcomes_of(asked.reader, language), language)
    moment = asked.filters.as_of.moment
    day = moment.astimezone(asked.filters.as_of.zone).date().isoformat()
    place = asked.filters.region or asked.reader.territory or "all"
    disposition = f'attachment; filename="near-learn-summary-{place}-{day}.pdf"'
    headers = {"Content-Disposition": disposition}
    return Response(paper.pdf(made, moment), mimetype="application/pdf", headers=headers)
