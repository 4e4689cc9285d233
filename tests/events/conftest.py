"""People and a small course, as the tests of certificates have them."""

from tests.certificates.conftest import arrive, learn, settings  # noqa: F401
from tests.members.conftest import world  # noqa: F401
