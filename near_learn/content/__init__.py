"""Courses written in Markdown: loading, checking, rendering and grading. No Flask, no database."""

from near_learn.content.course import SOURCE_LANGUAGE, Course, Library, Module, ModuleText, Section
from near_learn.content.grading import Grade, grade, quiz_score
from near_learn.content.library import load
from near_learn.content.problem import Problem
from near_learn.content.question import Option, Question

__all__ = [
    "SOURCE_LANGUAGE",
    "Course",
    "Grade",
    "Library",
    "Module",
    "ModuleText",
    "Option",
    "Problem",
    "Question",
    "Section",
    "grade",
    "load",
    "quiz_score",
]
