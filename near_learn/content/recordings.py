"""Sound and film: a recording with what must stand beside it, so that everybody can follow it.

For media/visit.mp4 that is visit.vtt, the captions, and visit.md, the transcript, both in English; in Spanish
visit.es.vtt and visit.es.md. A picture visit.jpg, .png or .webp, if there, is shown before a film begins.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from near_learn.content import language

ENGLISH = "en"
AUDIO = {".m4a": "audio/mp4", ".mp3": "audio/mpeg"}
VIDEO = {".mp4": "video/mp4", ".webm": "video/webm"}
TYPES = AUDIO | VIDEO
CAPTIONS, TRANSCRIPT = ".vtt", ".md"
POSTERS = (".webp", ".jpg", ".jpeg", ".png")


@dataclass(frozen=True)
class Recording:
    """A sound or a film, and the files beside it by language."""

    name: str
    captions: Mapping[str, str]
    transcripts: Mapping[str, str]
    poster: str = ""

    @property
    def film(self) -> bool:
        """Whether there is something to see."""
        return PurePath(self.name).suffix.lower() in VIDEO

    def transcript(self, code: str) -> tuple[str, str]:
        """The name of the transcript for a text in this language, and the language it is really in."""
        real = code if code in self.transcripts else ENGLISH
        return self.transcripts[real], real

    def lacks(self, code: str) -> list[tuple[bool, str]]:
        """What is missing for a text in this language: whether nothing stands in for it, and what to add."""
        needed = [(self.transcripts, TRANSCRIPT, "transcript (what is said and what happens, as text)")]
        if self.film:
            needed.append((self.captions, CAPTIONS, "captions"))
        found = []
        for there, suffix, noun in needed:
            name = beside(self.name, suffix, code)
            if code not in there:
                found.append((ENGLISH not in there, f"has no {noun} in this language; add media/{name}"))
        return found


def is_recording(name: str) -> bool:
    """Whether the file is a sound or a film."""
    return PurePath(name).suffix.lower() in TYPES


def beside(name: str, suffix: str, code: str) -> str:
    """The name of the file that goes with a recording in this language."""
    return PurePath(name).stem + ("" if code == ENGLISH else f".{code}") + suffix


def recording(name: str, media: Iterable[str]) -> Recording:
    """The recording with all that is beside it."""
    captions, transcripts, poster = {}, {}, ""
    for each in media:
        stem, code = _parts(each)
        if stem != PurePath(name).stem:
            continue
        suffix = PurePath(each).suffix
        if suffix == CAPTIONS:
            captions[code] = each
        elif suffix == TRANSCRIPT:
            transcripts[code] = each
        elif suffix.lower() in POSTERS and code == ENGLISH:
            poster = each
    return Recording(name, captions, transcripts, poster)


def alone(media: Iterable[str]) -> list[str]:
    """The captions and transcripts that belong to no recording."""
    names = list(media)
    stems = {PurePath(name).stem for name in names if is_recording(name)}
    return [
        name
        for name in names
        if PurePath(name).suffix in {CAPTIONS, TRANSCRIPT} and _parts(name)[0] not in stems
    ]


def _parts(name: str) -> tuple[str, str]:
    """The name without its ending, and the language that stands before it."""
    stem = PurePath(name).stem
    before, dot, code = stem.rpartition(".")
    return (before, code) if dot and language.known(code) else (stem, ENGLISH)
