"""Blocks of code between ``` or ~~~, followed line by line: nothing in them has a meaning."""

import re

FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


class Fences:
    """Walks along the lines of a text. `open` is what the block that is open began with, "" outside of one.

    A block ends with a line that holds nothing but its signs. With `lenient`, which is how answers and prose
    are read, any line that begins with them ends it.
    """

    def __init__(self, *, lenient: bool = False) -> None:
        self.lenient = lenient
        self.open = ""

    def covers(self, text: str) -> bool:
        """Whether the line belongs to a block: begins it, stands in it or ends it."""
        if not self.open and "```" not in text and "~~~" not in text:
            return False
        mark = FENCE.match(text)
        if not self.open:
            self.open = mark[1] if mark else ""
            return bool(mark)
        if mark and mark[1].startswith(self.open) and (self.lenient or not text.strip().strip(self.open[0])):
            self.open = ""
        return True
