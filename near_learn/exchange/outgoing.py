"""What a question of ours says when it leaves: texts as HTML that needs nothing from this site."""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass

from near_learn.content import Question
from near_learn.content.markup import FORMULA

Say = Callable[[str], None]

LINK = re.compile(r'<a [^>]*href="(/[^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
OUTSIDE = re.compile(r'<a [^>]*href="([a-z][^"]*)"[^>]*>')
PICTURE = re.compile(r'<img [^>]*src="([^"]*)"[^>]*?>')
ALT = re.compile(r'alt="([^"]*)"')
MEDIA = re.compile(r"<(audio|video)\b.*?</\1>", re.DOTALL)


@dataclass(frozen=True)
class Leaving:
    """Turns the HTML of a question into HTML for another system."""

    say: Say
    # What stands for the address of a picture; None when pictures cannot go along.
    picture: Callable[[str], str] | None = None

    def asked(self, question: Question) -> str:
        """The heading and the text under it, with a mark in the place of each gap."""
        return f"<p>{html.escape(question.title, quote=False)}</p>{self.text(question.stem_html)}"

    def text(self, source: str) -> str:
        """A text without links into this site; formulas as LaTeX, pictures as they can be taken along."""
        text = FORMULA.sub(lambda match: rf"\({html.escape(html.unescape(match[1]), quote=False)}\)", source)
        if MEDIA.search(text):
            self.say("a recording or film does not go along")
            text = MEDIA.sub("", text)
        text = LINK.sub(self._inside, text)
        text = OUTSIDE.sub(r'<a href="\1">', text)
        return PICTURE.sub(self._picture, text).strip()

    def explanation(self, question: Question) -> str:
        """The explanation, and what was said of single pairs, which have no place of their own elsewhere."""
        pairs = [
            option for option in question.options if question.kind == "matching" and option.feedback_html
        ]
        if pairs:
            self.say("the feedback of its pairs now stands in the general feedback")
        said = [f"<p>{self.text(option.html)}</p>{self.text(option.feedback_html)}" for option in pairs]
        return self.text(question.explanation_html) + "".join(said)

    def _inside(self, match: re.Match[str]) -> str:
        self.say(f"the link to {html.unescape(match[1])[:60]} does not go along, its words do")
        return match[2]

    def _picture(self, match: re.Match[str]) -> str:
        name = html.unescape(match[1]).rsplit("/", 1)[-1]
        alt = ALT.search(match[0])
        if self.picture is None:
            self.say(f"the picture {name} does not go along, its description does")
            return f"[{alt[1] if alt else ''}]"
        return f'<img src="{self.picture(name)}" alt="{alt[1] if alt else ""}">'


def left_behind(question: Question, names: dict[str, str]) -> list[str]:
    """What of the question has no place in the other format; `names` by attribute, as a person calls it."""
    there = {
        "hint": bool(question.hint_html),
        "weight": question.weight != 1,
        "objective": question.objective is not None,
        "see": bool(question.see),
        "fixed": question.fixed,
    }
    return [f"{names[name]} does not go along" for name in names if there[name]]
