"""How often somebody may try, and what counts as one try."""

from __future__ import annotations

from hashlib import sha256

from flask import Response, request
from flask_login import current_user

# Only wrong entries count, so that a training room behind one address can sign in at once.
WRONG_PER_ADDRESS = "30 per 5 minutes"
WRONG_PER_EMAIL = "10 per 15 minutes"
# Six digits of which three hold at a time: who knows the password needs a year for an even chance.
WRONG_CODES = "5 per 15 minutes"
# Each asks for a mail, so right and wrong ones count.
MAILS_PER_ADDRESS = "60 per hour"
MAILS_PER_EMAIL = "5 per hour"
UNPROCESSABLE = 422


def tried_email() -> str:
    """Whom a try to sign in was about; hashed, because the limiter writes its keys into the log."""
    return "email:" + sha256(request.form.get("email", "").strip().lower().encode()).hexdigest()


def tried_person() -> str:
    """Whose password somebody tries to change."""
    return f"person:{getattr(current_user, 'id', 'nobody')}"


def wrong(response: Response) -> bool:
    """Whether the answer says that the entry was wrong."""
    return response.status_code == UNPROCESSABLE
