"""The few words that the renderer puts into a text itself, in the language of that text.

They are not in the catalogues of the interface: a Greek text in an English page is read aloud in Greek.
"""

from babel import Locale

WORDS = {
    "en": ("Notes", "Back to the text", "Transcript"),
    "cs": ("Poznámky", "Zpět k textu", "Přepis"),
    "el": ("Σημειώσεις", "Επιστροφή στο κείμενο", "Απομαγνητοφώνηση"),
    "es": ("Notas", "Volver al texto", "Transcripción"),
    "fi": ("Viitteet", "Takaisin tekstiin", "Tekstivastine"),
    "it": ("Note", "Torna al testo", "Trascrizione"),
    "nl": ("Noten", "Terug naar de tekst", "Uitgeschreven tekst"),
    "ro": ("Note", "Înapoi la text", "Transcriere"),
}


def notes(language: str) -> str:
    """The name of the list of footnotes."""
    return _words(language)[0]


def back(language: str) -> str:
    """The name of the link from a footnote to its place in the text."""
    return _words(language)[1]


def transcript(language: str) -> str:
    """The name of the written form of a recording."""
    return _words(language)[2]


def name(language: str) -> str:
    """The language's own name, for the choice of captions."""
    own = Locale.parse(language, sep="-").get_display_name() or language
    return own[:1].upper() + own[1:]


def _words(language: str) -> tuple[str, str, str]:
    return WORDS.get(language, WORDS["en"])
