"""Which course a package is made of: the release that learners see, or one that is named."""

from __future__ import annotations

from near_learn.content import Course
from near_learn.content.releases import NoRelease
from near_learn.content_library import library, releases


class NoSuchCourse(LookupError):
    """There is no such course, or no such release of it; the message says what there is."""


def course(course_id: str, release: str | None = None) -> Course:
    """The course as learners see it, or as it was in this release. Raises NoSuchCourse."""
    there = library().courses
    if course_id not in there:
        raise NoSuchCourse(f"there is no course {course_id!r}; there are: {', '.join(there) or 'none'}")
    if release is None:
        return there[course_id]
    known = [each.id for each in releases().history(course_id)]
    if release not in known:
        listed = ", ".join(known) or "none"
        raise NoSuchCourse(f"there is no release {release!r} of {course_id}; there are: {listed}")
    try:
        return releases().course(course_id, release)
    except NoRelease as error:
        raise NoSuchCourse(str(error)) from error


def published(found: Course) -> bool:
    """Whether this is a release, and not the files that somebody is still writing."""
    return any(each.id == found.release for each in releases().history(found.id))
