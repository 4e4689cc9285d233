"""Lighthouse finds nothing to mend on a learner's pages: accessibility and best practices are 100."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests import npm
from tests.conftest import CHROMIUM, CHROMIUM_FLAGS, missing
from tests.e2e import graduate
from tests.e2e.graduate import Graduate
from tests.e2e.pages import sign_in

pytestmark = pytest.mark.browser

CATEGORIES = ("accessibility", "best-practices")
PAGES = ("section", "question")


@pytest.fixture(scope="module")
def lighthouse() -> Path:
    """The script that runs it."""
    if CHROMIUM is None:
        missing("Chromium", "Install it (Debian: apt-get install chromium).")
    folder = npm.installed(Path(__file__).parent / "lighthouse", "Lighthouse")
    return folder / "lighthouse" / "cli" / "index.js"


@pytest.fixture(scope="module")
def somebody(live_app: Any) -> Graduate:
    return graduate.make(live_app)


@pytest.fixture(scope="module")
def cookie(browser: Browser, live_app: Any, somebody: Graduate) -> str:
    """The graduate's session, as a header."""
    context = browser.new_context(base_url=live_app.url)
    sign_in(context.new_page(), graduate.EMAIL, graduate.PASSWORD)
    found = "; ".join(f"{each['name']}={each['value']}" for each in context.cookies())
    context.close()
    return found


@pytest.mark.parametrize("name", PAGES)
def test_nothing_to_mend(
    lighthouse: Path, live_app: Any, somebody: Graduate, cookie: str, name: str, tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    subprocess.run(
        [
            "node",
            str(lighthouse),
            live_app.url + somebody.main[name],
            f"--only-categories={','.join(CATEGORIES)}",
            f"--extra-headers={json.dumps({'Cookie': cookie})}",
            f"--chrome-flags={' '.join(CHROMIUM_FLAGS)}",
            "--throttling-method=provided",
            "--disable-full-page-screenshot",
            "--output=json",
            f"--output-path={report}",
            "--quiet",
        ],
        env={**os.environ, "CHROME_PATH": str(CHROMIUM), "CI": "true"},
        check=True,
        timeout=180,
    )
    told = json.loads(report.read_text(encoding="utf-8"))
    # The page that was asked for, not the sign-in page.
    assert told["finalDisplayedUrl"] == live_app.url + somebody.main[name]
    wrong = {
        f"{audit['id']}: {audit.get('displayValue') or audit['title']}"
        for category in CATEGORIES
        for each in told["categories"][category]["auditRefs"]
        if (audit := told["audits"][each["id"]])["score"] is not None
        and audit["score"] < 1
        and each["weight"] > 0
    }
    assert {category: told["categories"][category]["score"] for category in CATEGORIES} == {
        "accessibility": 1,
        "best-practices": 1,
    }, wrong
