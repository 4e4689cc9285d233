"""A page as PDF that a screen reader can read (PDF/UA-1), set by typst in the fonts that it brings along.

They are Libertinus Serif: Latin, Greek and Cyrillic letters. Nothing is fetched.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from near_learn.later import Later

if TYPE_CHECKING:
    import typst
else:
    typst = Later("typst")


def pdf(template: Path, values: Mapping[str, object], made_at: datetime) -> bytes:
    """The document that TEMPLATE makes of VALUES, which it gets as JSON texts by their names."""
    inputs = {name: json.dumps(value, ensure_ascii=False) for name, value in values.items()}
    stamp = int(made_at.timestamp())
    # PDF/UA refuses letters that no font can show. Then the machine's fonts are asked, too; and when they
    # cannot either, a page with an empty box for that letter is still better than none.
    for system_fonts, accessible in ((False, True), (True, True), (True, False)):
        compiler = typst.Compiler(template.read_bytes(), ignore_system_fonts=not system_fonts)
        try:
            made = compiler.compile(
                format="pdf", sys_inputs=inputs, timestamp=stamp, pdf_standards="ua-1" if accessible else []
            )
        except typst.TypstError:
            if not accessible:
                raise
            continue
        assert isinstance(made, bytes)  # noqa: S101 (one document, no output file)
        return made
    raise AssertionError("the last try returns or raises")
