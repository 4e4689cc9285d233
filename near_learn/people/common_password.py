"""Passwords that guessers try first: usual words with signs around them, rows of keys, repetitions.

The words are a list of our own for the eight languages; no service is asked about anybody's password.
"""

from __future__ import annotations

import re
from functools import cache

from near_learn.people.letters import folded

SHORTEST_ROW = 4
# Signs that stand for the letter they look like.
LOOKALIKES = str.maketrans("013457@$!|", "oleastasil")
ROWS = (
    "1234567890",
    "qwertyuiop",
    "qwertzuiop",
    "azertyuiop",
    "asdfghjkl",
    "yxcvbnm",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "qazwsxedcrfvtgbyhnujmikolp",
    "abcdefghijklmnopqrstuvwxyz",
    "αβγδεζηθικλμνξοπρστυφχψω",
    "ςερτυθιοπασδφγηξκλζχψωβνμ",
)
TEXT = """
password passwort pass passwd passphrase secret letmein welcome hello login admin administrator user guest
master test testing changeme default root temp temporary access computer internet laptop office winter
spring summer autumn monday friday sunday january december football baseball dragon monkey sunshine
princess superman batman iloveyou love baby angel freedom whatever trustno starwars shadow michael jordan
daniel thomas charlie andrea maria chocolate flower pokemon google facebook qwerty nearlearn near learn
learning elearning moodle socialwork social course
contrasena clave secreto bienvenido hola usuario invierno primavera verano otono amor tequiero teamo espana
futbol barcelona madrid familia
wachtwoord geheim welkom hallo gebruiker zomer lente herfst liefde voetbal ajax feyenoord vlaanderen belgie
nederland
heslo tajne ahoj vitejte uzivatel zima leto jaro podzim laska fotbal cesko praha
salasana salainen tervetuloa moikka kayttaja kesa talvi syksy kevat rakkaus suomi helsinki jalkapallo
segreto benvenuto ciao utente inverno estate autunno amore tiamo italia calcio juventus milano napoli roma
parola secreta bunvenit salut utilizator iarna vara toamna dragoste teiubesc romania fotbal steaua bucuresti
κωδικος μυστικο καλημερα γεια χρηστης χειμωνας ανοιξη καλοκαιρι φθινοπωρο αγαπη σαγαπω ελλαδα ολυμπιακος
παναθηναικος αθηνα
"""
WORDS = frozenset(folded(word) for word in TEXT.split())
EDGES = re.compile(r"^[\W\d_]+|[\W\d_]+$")
UNIT = re.compile(r"(.{1,10}?)\1+.{0,3}")


def is_common(password: str) -> bool:
    """Whether usual words and the signs that people put around them are all there is."""
    plain = folded(password)
    # Signs before and behind are put around a word; only those inside stand for letters.
    inside = EDGES.sub("", plain).translate(LOOKALIKES)
    return _is_words(plain) or _is_words(inside)


def is_pattern(password: str) -> bool:
    """Whether it is rows of keys or one piece again and again, but for a few signs."""
    plain = folded(password)
    if UNIT.fullmatch(plain):
        return True
    rest, before = plain, ""
    while rest != before:
        before = rest
        rest = next((rest.replace(row, " ") for row in _rows() if row in rest), rest)
    return len(rest.replace(" ", "")) < min(SHORTEST_ROW, len(plain))


def _is_words(text: str) -> bool:
    """Whether the letters of TEXT are one or two of the words; digits and other signs do not count."""
    letters = "".join(sign for sign in text if sign.isalpha())
    if not letters:
        return False
    return letters in WORDS or any(
        letters[:place] in WORDS and letters[place:] in WORDS for place in range(2, len(letters) - 1)
    )


@cache
def _rows() -> tuple[str, ...]:
    """Every piece of four keys and more of a row, forwards and backwards, the longest first."""
    pieces = set()
    for row in ROWS:
        for line in (row, row[::-1]):
            for begin in range(len(line)):
                for end in range(begin + SHORTEST_ROW, len(line) + 1):
                    pieces.add(line[begin:end])
    return tuple(sorted(pieces, key=lambda piece: (-len(piece), piece)))
