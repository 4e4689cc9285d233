"""What axe finds on a page."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SCRIPT = Axe().axe_script
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def findings(page: Page, *, targets: bool = False) -> list[str]:
    """A line for everything that axe has against the page as it is now, and for scrolling sideways.

    `targets`: also the rule of WCAG 2.2 about their size, which takes for covered what the bar at the bottom
    hides until one scrolls; so only on a page that is at its beginning.
    """
    page.wait_for_load_state()
    if not page.evaluate("'axe' in window"):
        page.evaluate(SCRIPT)
    options = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": targets}}}
    # Only what is shown here leaves the browser: all that axe has to say is much more.
    found = page.evaluate("options => axe.run(options).then(told => told.violations)", options)
    lines = [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in found
        for node in violation["nodes"]
    ]
    return [*lines, "scrolls sideways"] if page.evaluate(SIDEWAYS) else lines
