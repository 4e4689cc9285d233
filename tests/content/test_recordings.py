"""Sound and film: what must lie beside a recording, and captions that a browser would not show."""

from pathlib import Path

import pytest

from near_learn.content import recordings
from tests.content.world import ENGLISH, GOOD, MP3, MP4, SPANISH, VTT, found, load, media_problems, write


def test_a_recording_with_all_it_needs(tmp_path: Path) -> None:
    text = "![A talk](media/talk.mp3)\n\n![A visit](media/visit.mp4)"
    files = {
        "talk__mp3": MP3,
        "talk__md": "Ana: *yes*.",
        "visit__mp4": MP4,
        "visit__vtt": VTT,
        "visit__md": "She waits.",
    }
    assert media_problems(tmp_path, text, **files) == []
    html = load(tmp_path).courses["c"].module("m").text("en").section("text").html
    assert (
        '<figure class="recording"><figcaption>A talk</figcaption><audio aria-label="A talk" controls="" '
        'preload="none" src="/courses/c/m/media/talk.mp3"></audio>'
        '<details class="transcript"><summary>Transcript</summary><div>\n<p>Ana: <em>yes</em>.</p>\n</div>'
        "</details></figure>"
    ) in html
    assert (
        '<track default="" kind="captions" label="English" src="/courses/c/m/media/visit.vtt" srclang="en">'
        in html
    )


TALK, VISIT = "![A talk](media/talk.mp3)", "![A visit](media/visit.mp4)"
IN_TALK = "error: en.md:14: in the transcript media/talk.md, line"
LACKS: dict[str, tuple[str, dict[str, str | bytes], str]] = {
    "a sound without a transcript": (
        TALK,
        {"talk__mp3": MP3},
        "error: en.md:14: the recording media/talk.mp3 has no transcript (what is said and what happens, as ",
    ),
    "a film without captions": (
        VISIT,
        {"visit__mp4": MP4, "visit__md": "She waits."},
        "error: en.md:14: the recording media/visit.mp4 has no captions in this language",
    ),
    "an empty transcript": (
        TALK,
        {"talk__mp3": MP3, "talk__md": "\n"},
        f"{IN_TALK} 1: the transcript is empty; write what is said and what happens",
    ),
    "a transcript with HTML": (
        TALK,
        {"talk__mp3": MP3, "talk__md": "Ana:\n\n<b>yes</b>"},
        f"{IN_TALK} 3: HTML cannot be used in courses (<b>); write **words** for bold",
    ),
    "a transcript with a heading": (
        TALK,
        {"talk__mp3": MP3, "talk__md": "### Talk {#text}\n\nYes."},
        f"{IN_TALK} 1: a transcript has no headings; write **words** in bold",
    ),
    "a transcript with itself": (
        TALK,
        {"talk__mp3": MP3, "talk__md": TALK},
        f"{IN_TALK} 1: a transcript cannot hold a recording; describe it in words",
    ),
    "a transcript with a footnote": (
        TALK,
        {"talk__mp3": MP3, "talk__md": "Yes.[^1]"},
        f"{IN_TALK} 1: the footnote [^1] has no text",
    ),
    "a recording inside a line": (
        f"Listen: {TALK}",
        {"talk__mp3": MP3, "talk__md": "Yes."},
        "error: en.md:14: recording 'media/talk.mp3': put empty lines before and after it",
    ),
    "a recording as decoration": (
        "![-](media/talk.mp3)",
        {"talk__mp3": MP3, "talk__md": "Yes."},
        "error: en.md:14: recording 'media/talk.mp3' has no description; say what it shows: ![a talk with ",
    ),
    "a transcript without its recording": (
        "Text.",
        {"talk__md": "Yes."},
        "warning: media/talk.md:1: there is no sound or film of this name beside it, so nobody sees it",
    ),
}


@pytest.mark.parametrize("name", LACKS)
def test_what_a_recording_lacks(name: str, tmp_path: Path) -> None:
    text, files, expected = LACKS[name]
    (problem,) = media_problems(tmp_path, text, **files)
    assert problem.startswith(expected)


def test_a_translation_shows_its_own_captions_and_transcript(tmp_path: Path) -> None:
    text = "![A visit](media/visit.mp4)"
    files = {
        "visit.mp4": MP4,
        "visit.vtt": VTT,
        "visit.es.vtt": VTT,
        "visit.md": "Hi.",
        "visit.es.md": "Espera.",
    }
    spanish = SPANISH.replace("Text.", "![Una visita](media/visit.mp4)")
    english = ENGLISH.replace("Text.", text)
    more = {f"c/01-one/media/{name}": data for name, data in files.items()}
    loaded = load(write(tmp_path, GOOD | {"c/01-one/en.md": english, "c/01-one/es.md": spanish} | more))
    assert found(loaded) == ""
    html = loaded.courses["c"].module("m").text("es").section("why").html
    assert "<summary>Transcripción</summary><div>\n<p>Espera.</p>" in html
    assert '<track default="" kind="captions" label="Español" src="/courses/c/m/media/visit.es.vtt"' in html
    assert html.count("<track") == 2
    assert html.count("default") == 1


def test_a_translation_without_its_own_shows_the_english_and_says_so(tmp_path: Path) -> None:
    spanish = SPANISH.replace("Text.", "![Una charla](media/talk.mp3)")
    english = ENGLISH.replace("Text.", "![A talk](media/talk.mp3)")
    more = {"c/01-one/media/talk.mp3": MP3, "c/01-one/media/talk.md": "Yes."}
    loaded = load(write(tmp_path, GOOD | {"c/01-one/en.md": english, "c/01-one/es.md": spanish} | more))
    assert found(loaded).startswith("warning: c/01-one/es.md:")
    assert found(loaded).endswith("in this language; add media/talk.es.md\n")
    html = loaded.courses["c"].module("m").text("es").section("why").html
    assert '<summary>Transcripción</summary><div lang="en">\n<p>Yes.</p>' in html


def test_the_languages_beside_a_recording() -> None:
    names = ["a.mp4", "a.vtt", "a.es.vtt", "a.md", "a.nonsense.md", "a.jpg", "ab.vtt", "b.md"]
    made = recordings.recording("a.mp4", names)
    assert (made.captions, made.transcripts, made.poster) == (
        {"en": "a.vtt", "es": "a.es.vtt"},
        {"en": "a.md"},
        "a.jpg",
    )
    assert recordings.alone(names) == ["a.nonsense.md", "ab.vtt", "b.md"]


CAPTIONS = {
    "SRT": ("1\n00:00:01,000 --> 00:00:02,000\nHello.", 1, "these captions are in the format SRT"),
    "no first line": ("00:01.000 --> 00:02.000\nHello.", 1, "captions begin with a line WEBVTT"),
    "no empty line": ("WEBVTT\n00:01.000 --> 00:02.000\nHello.", 2, "after the line WEBVTT"),
    "nothing": ("WEBVTT\n\nNOTE nobody speaks", 1, "there are no captions in the file"),
    "a comma": ("WEBVTT\n\n00:01,000 --> 00:02,000\nHello.", 3, "the times are malformed"),
    "a name and malformed times": ("WEBVTT\n\nfirst\n00:01 --> 00:02\nHello.", 4, "the times are malformed"),
    "backwards": ("WEBVTT\n\n00:02.000 --> 00:01.000\nHello.", 3, "the caption ends before it begins"),
    "no text": ("WEBVTT\n\n00:01.000 --> 00:02.000", 3, "the caption has no text"),
    "a style": ("WEBVTT\n\nSTYLE\n::cue { background: url(//evil.example) }", 3, "STYLE cannot be used"),
    "a script": ("WEBVTT\n\n00:01.000 --> 00:02.000\n<script>alert(1)</script>", 4, "HTML cannot"),
    "a handler": ("WEBVTT\n\n00:01.000 --> 00:02.000\n<b onclick=alert(1)>x</b>", 4, "HTML cannot"),
    "a picture": ("WEBVTT\n\n00:01.000 --> 00:02.000\n<img src=x onerror=alert(1)>", 4, "HTML cannot"),
    "turned text": ("WEBVTT\n\n00:01.000 --> 00:02.000\nHello\u202e.", 4, "there is an invisible character"),
}  # fmt: skip


@pytest.mark.parametrize("name", CAPTIONS)
def test_captions_that_a_browser_would_not_show(name: str, tmp_path: Path) -> None:
    text, line, message = CAPTIONS[name]
    (problem,) = media_problems(tmp_path, visit__mp4=MP4, visit__vtt=text)
    assert problem.startswith(f"error: media/visit.vtt:{line}: {message}")


@pytest.mark.parametrize(
    "text",
    [
        VTT,
        "WEBVTT - a title\n\n1\n00:01.000 --> 00:02.000 align:start\n<v Ana>Yes</v>\n",
        "WEBVTT\n\nNOTE <script>\nis a remark\n\n01:00:01.000 --> 01:00:02.000\n<i>Two</i>\nlines\n",
    ],
)  # fmt: skip
def test_captions_that_are_well(text: str, tmp_path: Path) -> None:
    assert media_problems(tmp_path, visit__mp4=MP4, visit__vtt=text) == []
