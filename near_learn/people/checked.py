"""What commands check before they do anything: a region."""

from __future__ import annotations

import click

from near_learn.people import region as regions


def checked_region(code: str) -> str:
    """CODE when it is a region of NUTS 2024, of any level; else click.BadParameter with what may be meant."""
    found = regions.get(code)
    if found and found.in_2024:
        return code
    reason = "belongs to NUTS 2021; 2024 has another code" if found else "is not a region of NUTS 2024"
    meant = [f"{each.code} ({each.name})" for each in regions.suggestions(code)]
    hint = f" Did you mean {' or '.join(meant)}?" if meant else " Examples: ES220, ES22, ES."
    raise click.BadParameter(f"{code!r} {reason}.{hint}", param_hint="--region")
