"""Languages of course files: which codes there are, and which one was probably meant."""

import re
from functools import lru_cache

from babel import Locale, UnknownLocaleError

CODE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?\Z")

# The codes of countries that people take for those of their languages.
COUNTRIES = {
    "cz": "cs",
    "gr": "el",
    "sp": "es",
    "dk": "da",
    "us": "en",
    "gb": "en",
    "en-us": "en",
    "en-gb": "en",
}


@lru_cache(maxsize=256)
def known(code: str) -> bool:
    """Whether this is the code of a language, in its shortest form: `es`, `smn`, `pt-BR`; not `spa`."""
    return bool(CODE.match(code)) and _language(code) == code.partition("-")[0]


@lru_cache(maxsize=256)
def advice(code: str) -> str:
    """How to mend a code that is not known: the end of a message."""
    small = code.lower()
    names = {name.lower(): known_code for known_code, name in Locale("en").languages.items()}
    meant = COUNTRIES.get(small) or names.get(small) or _language(small)
    if meant:
        return f"did you mean {meant}?"
    return "use a code such as en, es, nl, cs, fi, it, ro or el"


def _language(code: str) -> str | None:
    try:
        return Locale.parse(code, sep="-").language
    except (UnknownLocaleError, ValueError):
        return None
