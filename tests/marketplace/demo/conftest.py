"""The demonstration, loaded once from its real files into a database of its own."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import override_settings
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from marketplace.demo.load import load

DATABASE_SUFFIX = "demo"
"""The suffix of its database's name."""


@pytest.fixture(scope="session")
def _loaded(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[tuple[str, dict[str, int]]]:
    """The name of the demonstration's database, and what its loader counted."""
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL copies an empty database for the demonstration")
    empty = connection.settings_dict["NAME"]
    creation = connection.creation
    with django_db_blocker.unblock():
        creation.clone_test_db(DATABASE_SUFFIX, verbosity=0, autoclobber=True)
        own = creation.get_test_db_clone_settings(DATABASE_SUFFIX)["NAME"]
        use_database(own)
        with override_settings(DEBUG=True):
            counts = load(now=timezone.now())
        use_database(empty)
    yield own, counts
    with django_db_blocker.unblock():
        creation.destroy_test_db(suffix=DATABASE_SUFFIX, verbosity=0)


def use_database(database: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = database


@pytest.fixture(scope="module", autouse=True)
def counts(_loaded: tuple[str, dict[str, int]]) -> Iterator[dict[str, int]]:
    """The tests of a module meet the demonstration; this is what the loader counted."""
    own, counted = _loaded
    empty = connection.settings_dict["NAME"]
    use_database(own)
    yield counted
    use_database(empty)


@pytest.fixture(autouse=True)
def _demonstration(db: None, settings: object) -> None:
    """DEBUG is on where the demonstration is; pytest-django turns it off."""
    settings.DEBUG = True
