"""The words of a packaged unit: what the player says, in the language of its page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import LazyString, force_locale, get_domain, gettext, lazy_gettext

# By the name that the scripts use. Placeholders stay as they are: the scripts fill them in.
WORDS: Mapping[str, LazyString] = {
    # The page
    "language": lazy_gettext("Language:"),
    "page": lazy_gettext("Page %(number)s of %(all)s"),
    "pages": lazy_gettext("Pages of this module"),
    "pages-done": lazy_gettext("Pages done"),
    "all-pages": lazy_gettext("All pages"),
    "done": lazy_gettext("done"),
    "back": lazy_gettext("Back"),
    "next-page": lazy_gettext("Next page"),
    "to-quiz": lazy_gettext("Next: the quiz"),
    "finish-reading": lazy_gettext("Finish reading"),
    "leave": lazy_gettext("Leave for now"),
    "objectives": lazy_gettext("After this module you can"),
    "start": lazy_gettext("Start this module"),
    "continue": lazy_gettext("Continue"),
    "read-again-all": lazy_gettext("Read it again"),
    "overview": lazy_gettext("Module overview"),
    "passed-badge": lazy_gettext("Passed"),
    "finished": lazy_gettext("You can close this page now. Your place is kept."),
    "browse": lazy_gettext("You are only looking around: nothing is recorded."),
    "review": lazy_gettext("You are looking back at what you did: nothing more is recorded."),
    "offline": lazy_gettext("There is no connection. What you do is kept on this device and sent later."),
    "online": lazy_gettext("Everything has been sent."),
    "refused": lazy_gettext(
        "Your results could not be recorded (%(reason)s). Close this page and open it again."
    ),
    # How to answer
    "choose-all": lazy_gettext("Choose every answer that fits."),
    "choose-one": lazy_gettext("Choose one answer."),
    "how-gap": lazy_gettext("Fill in the gaps. Capital letters and accents do not count."),
    "how-matching": lazy_gettext("Choose what belongs to each of them. You may use the same twice."),
    "how-ordering": lazy_gettext("Move them up and down with the buttons until the order is right."),
    "how-numeric": lazy_gettext("Write a number, with a comma or a point for decimals."),
    "how-likert": lazy_gettext("Choose what fits you best. No answer is right or wrong."),
    "how-open": lazy_gettext("In your own words. Nobody marks this."),
    "here-only": lazy_gettext("Kept on this device only."),
    "true": lazy_gettext("True"),
    "false": lazy_gettext("False"),
    "gap": lazy_gettext("Gap %(number)s of %(all)s"),
    "choose": lazy_gettext("Choose …"),
    "moved": lazy_gettext("%(item)s: now number %(place)s of %(all)s"),
    "move-up": lazy_gettext("Move up: %(item)s"),
    "move-down": lazy_gettext("Move down: %(item)s"),
    "your-number": lazy_gettext("Your number"),
    "your-answer": lazy_gettext("Your answer"),
    # What is wrong with what was entered
    "no-number": lazy_gettext("“%(text)s” is not a number. Write digits only, for example 12 or 12,5."),
    "too-long": lazy_gettext("This is too long. Shorten it to %(most)s characters."),
    "empty-gap": lazy_gettext("Fill in a gap first."),
    "empty-numeric": lazy_gettext("Write a number first."),
    "empty-text": lazy_gettext("Write something first."),
    "empty": lazy_gettext("Choose an answer first."),
    "error": lazy_gettext("Error:"),
    "check-form": lazy_gettext("Please check the form"),
    # Knowledge checks
    "reflect": lazy_gettext("Time to reflect"),
    "think": lazy_gettext("What do you think?"),
    "is-right": lazy_gettext("That is right."),
    "told": lazy_gettext("Not quite. See below what fits, and why."),
    "not-yet-choice": lazy_gettext("Not quite. Read what your answer means, and try once more."),
    "not-yet": lazy_gettext("Not quite. Try once more."),
    "saved": lazy_gettext("Saved. You can change it."),
    "hint": lazy_gettext("Show a hint"),
    "save": lazy_gettext("Save my answer"),
    "save-again": lazy_gettext("Save again"),
    "check": lazy_gettext("Check my answer"),
    "check-again": lazy_gettext("Check again"),
    # The quiz
    "question": lazy_gettext("Question %(number)s"),
    "question-of": lazy_gettext("Question %(number)s of %(all)s"),
    "questions": lazy_gettext("Questions"),
    "questions-answered": lazy_gettext("Questions answered"),
    "attempt": lazy_gettext("Attempt %(number)s"),
    "no-attempts": lazy_gettext("No attempts left"),
    "used-up": lazy_gettext("You have used all your attempts at this quiz."),
    "unlimited": lazy_gettext("You may try as often as you like."),
    "later": lazy_gettext(
        "You can try again on %(moment)s. Until then, read again what you were not sure of."
    ),
    "pause": lazy_gettext("Between two attempts there is a pause, to read again."),
    "you-pass": lazy_gettext("You pass with %(mark)s."),
    "nothing-to-pass": lazy_gettext("There is nothing to pass. What you do not know you may leave open."),
    "nothing-to-pass-survey": lazy_gettext("There is nothing to pass, and you may leave questions out."),
    "thanks-done": lazy_gettext("You have done this. Thank you."),
    "begin": lazy_gettext("Begin"),
    "begin-quiz": lazy_gettext("Begin the quiz"),
    "may-leave-out": lazy_gettext("You may leave it out."),
    "kept-quiz": lazy_gettext("Your answers are kept. You can change them until you send the quiz."),
    "kept-answers": lazy_gettext("Your answers are kept. You can change them until you send them."),
    "next-question": lazy_gettext("Next question"),
    "to-overview": lazy_gettext("To the overview"),
    "see-all": lazy_gettext("See all answers"),
    "open-left": lazy_gettext("Answer the questions that are still open, then send the quiz."),
    "may-send": lazy_gettext("You can send your answers now, or still add some."),
    "all-answered": lazy_gettext("Every question has an answer. You can still change them."),
    "answered": lazy_gettext("Answered"),
    "open": lazy_gettext("Open"),
    "left-out": lazy_gettext("Left out"),
    "send-answers": lazy_gettext("Send my answers"),
    "send-quiz": lazy_gettext("Send the quiz"),
    "earlier": lazy_gettext("Earlier results:"),
    # The result
    "thanks": lazy_gettext("Thank you for your answers"),
    "where-you-stand": lazy_gettext("This is where you stand"),
    "passed": lazy_gettext("You have passed"),
    "not-passed": lazy_gettext("Not passed yet"),
    "your-score": lazy_gettext("Your score"),
    "not-shown": lazy_gettext(
        "The right answers are not shown here: you will find them in the course. Nobody passes or fails this."
    ),
    "one-thing-left": lazy_gettext(
        "One thing is left to complete this module: the pages that you have not read yet."
    ),
    "try-again": lazy_gettext("Try again"),
    "read-on": lazy_gettext("Read on"),
    "by-objective": lazy_gettext("By learning objective"),
    "your-answers": lazy_gettext("Your answers"),
    "right": lazy_gettext("Right"),
    "partly-right": lazy_gettext("Partly right: %(score)s"),
    "not-right": lazy_gettext("Not right"),
    "right-small": lazy_gettext("right"),
    "not-right-small": lazy_gettext("not right"),
    "read-again": lazy_gettext("Read again:"),
    "no-answer": lazy_gettext("You gave no answer."),
    "why": lazy_gettext("Why"),
    "right-answer": lazy_gettext("Right answer"),
    "also": lazy_gettext("also:"),
    "your-order": lazy_gettext("Your order"),
    "right-order": lazy_gettext("The right order"),
    "range": lazy_gettext("Anything from %(low)s to %(high)s is right."),
}


def words(locale: str, most: int) -> dict[str, Any]:
    """Every word in this language, those that depend on a number for each number from 0 to MOST.

    Such a one is {"forms": the texts, "by": which of them belongs to 0, 1, 2 and so on}.
    """
    with force_locale(locale):
        found: dict[str, Any] = {name: str(word) for name, word in WORDS.items()}
        for name, texts in _numbered(most).items():
            forms = list(dict.fromkeys(texts))
            found[name] = {"forms": forms, "by": [forms.index(text) for text in texts]}
        found["not-connected"] = gettext("This page has to be opened by a learning platform.")
        return found


def _numbered(most: int) -> dict[str, list[str]]:
    """Texts with a number in them, by the number."""
    every = range(most + 1)
    return {
        "some-right": [
            ngettext(
                "%(right)s of %(num)s is right. Try once more.",
                "%(right)s of %(num)s are right. Try once more.",
                n,
            )
            for n in every
        ],
        "count-answered": [
            ngettext(
                "%(answered)s of %(num)s question answered",
                "%(answered)s of %(num)s questions answered",
                n,
            )
            for n in every
        ],
        "no-answers-yet": [
            ngettext(
                "%(num)s question has no answer yet", "%(num)s questions have no answer yet", n
            )
            for n in every
        ],
        "questions-count": [
            ngettext("%(num)s question, one a page", "%(num)s questions, one a page", n)
            for n in every
        ],
        "attempts-left": [
            ngettext("You have %(num)s attempt left.", "You have %(num)s attempts left.", n)
            for n in every
        ],
        "entirely-right": [
            ngettext(
                "%(right)s of %(num)s question entirely right.",
                "%(right)s of %(num)s questions entirely right.",
                n,
            )
            for n in every
        ],
        "pages-count": [
            ngettext(
                "%(done)s of %(num)s page done", "%(done)s of %(num)s pages done", n
            )
            for n in every
        ],
    }  # fmt: skip


def ngettext(singular: str, plural: str, number: int) -> str:
    """The text for this number with its placeholders, %(num)s among them: the scripts fill them in."""
    text: str = get_domain().get_translations().ungettext(singular, plural, number)
    return text
