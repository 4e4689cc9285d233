"""What the audit log records, in words: every action that a row may carry."""

from __future__ import annotations

from flask_babel import lazy_gettext

# Looking at what is recorded about somebody.
NAMES = {
    "record.viewed": lazy_gettext("Looked at a learning record with its name"),
    "names.viewed": lazy_gettext("Looked at a list with names"),
    "names.exported": lazy_gettext("Exported a list with names"),
    "statement.viewed": lazy_gettext("Looked at a statement"),
    "answers.viewed": lazy_gettext("Read an answer with its name"),
    # Changing it.
    "statement.voided": lazy_gettext("Voided a statement"),
    "certificate.revoked": lazy_gettext("Revoked a certificate"),
    "certificate.restored": lazy_gettext("Made a certificate good again"),
    # The person and their sign-in.
    "person.added": lazy_gettext("Added a person"),
    "person.changed": lazy_gettext("Changed a person"),
    "person.moved": lazy_gettext("Moved a person to another group, organisation or region"),
    "person.disabled": lazy_gettext("Kept a person out"),
    "person.enabled": lazy_gettext("Let a person in again"),
    "password.set": lazy_gettext("Gave a person a new password"),
    "person.exported": lazy_gettext("Exported everything about a person"),
    "erasure.asked": lazy_gettext("Asked for an erasure"),
    "erasure.declined": lazy_gettext("Declined an erasure"),
    "erasure.done": lazy_gettext("Erased a person"),
    "retention.run": lazy_gettext("Deleted what is kept no longer"),
    "audit.viewed": lazy_gettext("Looked at this log"),
    "audit.pruned": lazy_gettext("Deleted the oldest rows of this log"),
    # Connected systems.
    "credential.added": lazy_gettext("Made a credential"),
    "credential.rotated": lazy_gettext("Gave a credential a new secret"),
    "credential.revoked": lazy_gettext("Revoked a credential"),
}


def name(action: str) -> str:
    """The action in words; the action itself when it is none of ours any more."""
    return str(NAMES.get(action, action))
