"""Persons, organisations, regions, roles, sign-in, enrolment."""
