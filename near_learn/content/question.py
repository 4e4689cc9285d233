"""A question and its options, as the player shows them and the grader marks them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Option:
    """One answer a learner may choose. `correct` and `feedback_html` stay on the server until then."""

    id: str  # "o1", "o2", … by position, unless the author gives {#id}
    text: str  # plain text, for statements and for a screen reader
    html: str  # the same with emphasis and links; inline HTML without a paragraph around it
    correct: bool
    feedback_html: str = ""


@dataclass(frozen=True)
class Question:
    """A question: `title` is what is asked, as plain text; `stem_html` an optional paragraph under it."""

    id: str
    title: str
    stem_html: str
    kind: str  # a key of KINDS in sections.py and of GRADERS in grading.py
    multiple: bool  # more than one option is right
    options: tuple[Option, ...]
    explanation_html: str = ""

    @property
    def right(self) -> tuple[str, ...]:
        """The ids of the right options, in the order of the options."""
        return tuple(option.id for option in self.options if option.correct)

    def option(self, option_id: str) -> Option:
        """The option with this id; raises KeyError when there is none."""
        for option in self.options:
            if option.id == option_id:
                return option
        raise KeyError(option_id)
