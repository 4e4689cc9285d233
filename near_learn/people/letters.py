"""Letters as people mean them: the right ones of a language, and texts that count as the same in a search."""

from __future__ import annotations

import unicodedata

# Romanian is written with a comma below ș and ț; Eurostat's labels have the Turkish cedilla.
ROMANIAN = str.maketrans({"ş": "ș", "Ş": "Ș", "ţ": "ț", "Ţ": "Ț"})
# Latin letters that look like Greek ones: two of Eurostat's labels begin with the wrong A.
GREEK = str.maketrans("ABEZHIKMNOPTYXo", "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο")


def put_right(name: str, country: str) -> str:
    """NAME with single spaces and with the letters of the country's (Eurostat's code) own writing."""
    name = unicodedata.normalize("NFC", " ".join(name.split()))
    if country == "RO":
        return name.translate(ROMANIAN)
    if country == "EL" and any("GREEK" in unicodedata.name(letter, "") for letter in name):
        return name.translate(GREEK)
    return name


def folded(text: str) -> str:
    """TEXT for comparing, without accents and capitals: Iaşi, Iași and IASI are one."""
    # Here and not in the database: SQLite knows the capitals of ASCII only.
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold().strip()
