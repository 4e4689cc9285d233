"""Ids for answers whose order says what is right."""

import hashlib


def scattered(question: str, letter: str, count: int) -> tuple[str, ...]:
    """Ids such as t1, t2, …, one for each place, in an order that only the question's id decides.

    Ids by position would say in the page's source which is the first. These are the same in every language
    and on every day, and they change when the number of answers does.
    """

    def key(place: int) -> bytes:
        return hashlib.sha256(f"{question}\n{letter}{place}".encode()).digest()

    ranked = {place: rank for rank, place in enumerate(sorted(range(count), key=key), 1)}
    return tuple(f"{letter}{ranked[place]}" for place in range(count))
