"""What is timed: each kind of report page, as an operator and as managers ask for it."""

from __future__ import annotations

PAGES = {
    "by region, level 3": "/reports/?level=3",
    "by region, level 0": "/reports/?level=0",
    "by course": "/reports/?by=course",
    "by module": "/reports/?by=module",
    "by cohort": "/reports/?by=cohort",
    "by organisation": "/reports/?by=organisation",
    "by language": "/reports/?by=language",
    "by release": "/reports/?by=release",
    "by month": "/reports/?by=month",
    "one country, level 2": "/reports/?region=ES&level=2",
    "one course, by region": "/reports/?course={course}&level=2",
    "one module, by region": "/reports/?module={course}/{module}&level=2",
    "one year": "/reports/?level=1&from={year}-01-01&to={year}-12-31",
    "what happened in a year": "/reports/?level=1&from={year}-01-01&to={year}-12-31&basis=happened",
    "what happened, by module": "/reports/?by=module&from={year}-01-01&to={year}-12-31&basis=happened",
    "CSV by region": "/reports/completion.csv?level=3",
    "the list behind a figure": "/reports/registrations?what=completed&course={course}",
    "knowledge gain": "/reports/gain",
    "regional diagnosis": "/reports/diagnosis",
    "participants": "/reports/participants",
    "targets": "/reports/targets",
}
