"""Steps of many people become records, through the same recorder that serves the browser."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from near_learn.demo.cast import Character
from near_learn.demo.story import Step
from near_learn.records import Learner, Recorder, Sitting, attempt
from near_learn.records.batch import Batch
from near_learn.records.iris import Iris
from xapi.lrs import LRS


def record(connection: Connection, lrs: LRS, iris: Iris, taken: Iterable[tuple[Character, Step]]) -> None:
    """Records the steps in the order of their times, as if the application had run all along."""
    batch = Batch(lrs, iris)
    recorder = Recorder(iris, batch)
    for person, step in sorted(taken, key=lambda pair: pair[1].at):
        _record(connection, recorder, person, step)
    batch.flush(connection)


def _record(connection: Connection, recorder: Recorder, person: Character, step: Step) -> None:
    # As in the browser: the language of a module's text, which is English where it is not translated.
    language = step.module.text(person.language).language if step.module else person.language
    learner = Learner(
        person.account,
        language,
        person.region,
        cohort=person.cohort or "",
        organisation=person.organisation or "",
    )
    # Enrolling again gives the registration that there is.
    registration = recorder.enrol(connection, learner, step.course, step.at)
    if step.module is None:
        return
    where = (connection, Sitting(learner, registration, step.course, step.module))
    if step.action == "open":
        recorder.open(*where, step.at)
    elif step.action == "progress":
        recorder.progress(*where, step.detail, step.at)
    elif step.action == "check":
        recorder.check(*where, step.detail, step.answers[step.detail], step.at)
    elif step.action == "submit":
        asked = attempt.asked(step.module, language, registration, step.number)
        answers = {each.id: step.answers[each.id] for each in asked if each.id in step.answers}
        recorder.submit(*where, step.number, answers, step.at)
    else:
        recorder.leave(*where, step.at)
