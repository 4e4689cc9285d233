"""Attachments, as statements describe them (1.0.3 Data 2.4.11, 9274.1.1 4.2.2.6)."""

from __future__ import annotations

from xapi import grammar
from xapi.validate.shape import Shape, array_of
from xapi.validate.values import language_map, length

attachment = Shape(
    "an attachment",
    {
        "usageType": grammar.iri,
        "display": language_map,
        "description": language_map,
        "contentType": grammar.media_type,
        "length": length,
        "sha2": grammar.sha2,
        "fileUrl": grammar.iri,
    },
    required=("usageType", "display", "contentType", "length", "sha2"),
)
"""What an attachment is; its data travels beside the statement."""

attachments = array_of(attachment, "attachments")
"""The attachments of a statement, in order."""
