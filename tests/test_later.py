"""What hardly any request needs is not in the memory of every worker."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from near_learn.derived_key import derived
from near_learn.later import Later

RARE = ("alembic", "authlib", "cryptography", "lxml", "openpyxl", "PIL", "requests", "typst", "xlsxwriter")


PROGRAM = f"""
import sys
from pathlib import Path
from near_learn import Settings, create_app
create_app(Settings(data=Path(sys.argv[1]), secret_key="a-secret-for-tests-only-0123456789"))
print(len(sys.modules), *sys.modules.keys() & {set(RARE)!r})
"""


def test_the_application_begins_without_what_few_pages_need(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)], capture_output=True, text=True, check=True
    )
    number, *loaded = done.stdout.split()
    assert int(number) > 1000, "the whole application was loaded"
    assert not loaded


def test_what_is_asked_of_a_later_module_is_its_own() -> None:
    assert Later("json").dumps([1]) == "[1]"
    with pytest.raises(AttributeError):
        Later("json").no_such_thing  # noqa: B018


@pytest.mark.parametrize("secret", ["", "short", "k" * 64, "ключ" * 40])
def test_derived_keys_are_those_of_rfc_5869(secret: str) -> None:
    made = HKDF(SHA256(), length=32, salt=None, info=b"near-learn tests")
    assert derived(secret, "tests") == made.derive(secret.encode())
