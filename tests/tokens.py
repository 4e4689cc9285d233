"""The tokens in a page: letters and digits by chance, where any short word may stand."""

from __future__ import annotations

import re


def without_token(page: str) -> str:
    """PAGE without what differs between any two answers."""
    return re.sub(r'name="csrf_token" value="[^"]+"', "", page)
