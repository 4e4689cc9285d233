"""What the audit log records, in words: every action that a row may carry."""

from __future__ import annotations

from flask_babel import lazy_gettext

# Looking at what is recorded about somebody.
NAMES = {
    "record.viewed": lazy_gettext("Looked at a learning record with its name"),
    "names.viewed": lazy_gettext("Looked at a list with names"),
    "names.exported": lazy_gettext("Exported a list with names"),
    "registrations.exported": lazy_gettext("Exported registrations without names"),
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
    "person.viewed": lazy_gettext("Looked at a person’s data"),
    "sessions.ended": lazy_gettext("Signed a person out on every device"),
    "link.sent": lazy_gettext("Sent a person a link to choose a password"),
    "password.set": lazy_gettext("Gave a person a new password"),
    "link.made": lazy_gettext("Made a link with which a person chooses a password"),
    "factor.off": lazy_gettext("Switched a person's second factor off"),
    "identity.unlinked": lazy_gettext("Cut the link between a person and their sign-in elsewhere"),
    "person.exported": lazy_gettext("Exported everything about a person"),
    "erasure.asked": lazy_gettext("Asked for an erasure"),
    "erasure.declined": lazy_gettext("Declined an erasure"),
    "erasure.done": lazy_gettext("Erased a person"),
    "person.readmitted": lazy_gettext("Let somebody who was erased come back"),
    "retention.run": lazy_gettext("Deleted what is kept no longer"),
    "audit.viewed": lazy_gettext("Looked at this log"),
    "audit.pruned": lazy_gettext("Deleted the oldest rows of this log"),
    # Groups and organisations.
    "group.added": lazy_gettext("Made a group"),
    "group.changed": lazy_gettext("Changed a group"),
    "group.removed": lazy_gettext("Removed a group"),
    "group.invited": lazy_gettext("Made an invitation to a group"),
    "group.joined": lazy_gettext("Joined a group by an invitation"),
    "group.enrolled": lazy_gettext("Enrolled a group in a course"),
    "organisation.added": lazy_gettext("Made an organisation"),
    "organisation.changed": lazy_gettext("Changed an organisation"),
    "organisation.merged": lazy_gettext("Merged an organisation into another"),
    "organisation.removed": lazy_gettext("Removed an organisation"),
    "attendance.listed": lazy_gettext("Put a person on the list of an event"),
    "attendance.removed": lazy_gettext("Took a person off the list of an event"),
    # Courses of others.
    "package.imported": lazy_gettext("Imported a course"),
    "package.deleted": lazy_gettext("Deleted an imported course"),
    "unit.launched": lazy_gettext("Had a unit launched for a person"),
    "unit.waived": lazy_gettext("Waived a unit for a person"),
    "session.abandoned": lazy_gettext("Ended a person’s session in a unit"),
    # Connected systems.
    "credential.added": lazy_gettext("Made a credential"),
    "credential.rotated": lazy_gettext("Gave a credential a new secret"),
    "credential.revoked": lazy_gettext("Revoked a credential"),
}


def name(action: str) -> str:
    """The action in words; the action itself when it is none of ours any more."""
    return str(NAMES.get(action, action))
