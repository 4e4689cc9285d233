"""The completion report: sums over blocks of people, so that no report, and no two, tell of a small group.

Where small groups are not protected, a block is whoever is alike in everything, and the figures are exact.
All functions count what the tally holds: bring it up to date before, see tally/fresh.py.
"""

from __future__ import annotations

from near_learn.reports.figures import Figures as Figures
from near_learn.reports.figures import Month as Month
from near_learn.reports.figures import Report as Report
from near_learn.reports.figures import Row as Row
from near_learn.reports.figures import Total as Total
from near_learn.reports.tally.report import report as count
from near_learn.reports.tally.report import total as total
from near_learn.reports.tally.report import trend as trend

__all__ = ["Figures", "Month", "Report", "Row", "Total", "count", "total", "trend"]
