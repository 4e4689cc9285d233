"""What every application of a test session would make again, and alike: made once in a process and kept."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

from near_learn.content import Library, working_copy
from near_learn.content.library import course_folders, gathered, read_course
from near_learn.people import nuts

CHECKOUT = Path(__file__).parents[1]
COURSES = CHECKOUT / "courses"


@cache
def course(path: Path, folder: Path) -> working_copy.Read:
    """A course of the checkout, which no test changes."""
    return read_course(path, folder)


def read(path: Path, folder: Path) -> working_copy.Read:
    return course(path, folder) if path.is_relative_to(CHECKOUT) else read_course(path, folder)


@cache
def shipped() -> Library:
    """The shipped courses."""
    found = [course(path, COURSES) for path in course_folders(COURSES)]
    return gathered([each for each, _ in found if each], [one for _, problems in found for one in problems])


class Templates(BytecodeCache):
    """Templates that Jinja has compiled, by their text and what else their code depends on."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, ...], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.known.get(self.place(bucket))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self.known[self.place(bucket)] = bucket.code

    @staticmethod
    def place(bucket: Bucket) -> tuple[str, ...]:
        environment = bucket.environment
        trimmed = str(environment.policies["ext.i18n.trimmed"])
        generator = environment.code_generator_class.__qualname__
        return bucket.key, bucket.checksum, trimmed, generator, *environment.extensions


def builders() -> Callable[[Rule, bool], Any]:
    """Werkzeug's own way to compile what makes an address from a rule; rules that look alike share it."""
    known: dict[tuple[object, ...], Any] = {}
    compiled = Rule._compile_builder

    def builder(rule: Rule, append_unknown: bool = True) -> Any:
        key = (*rule._trace, repr(rule.defaults), append_unknown)
        if key not in known:
            known[key] = compiled(rule, append_unknown)
        return known[key]

    return builder


def keep(patch: pytest.MonkeyPatch) -> None:
    """From now on all of this is kept."""
    patch.setattr(working_copy, "read_course", read)
    patch.setattr(Flask, "jinja_options", {**Flask.jinja_options, "bytecode_cache": Templates()})
    patch.setattr(Rule, "_compile_builder", builders())
    patch.setattr(nuts, "read", cache(nuts.read))
