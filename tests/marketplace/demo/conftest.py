"""The demonstration, loaded once from its real files into a database of its own."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import override_settings
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from marketplace.demo.load import load

OWN = "demo"
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
        creation.clone_test_db(OWN, verbosity=0, autoclobber=True)
        own = creation.get_test_db_clone_settings(OWN)["NAME"]
        move_to(own)
        with override_settings(DEBUG=True):
            counts = load(now=timezone.now())
        move_to(empty)
    yield own, counts
    with django_db_blocker.unblock():
        creation.destroy_test_db(suffix=OWN, verbosity=0)


def move_to(database: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = database


@pytest.fixture(scope="module", autouse=True)
def counts(_loaded: tuple[str, dict[str, int]]) -> Iterator[dict[str, int]]:
    """The tests of a module meet the demonstration; this is what the loader counted."""
    own, counted = _loaded
    empty = connection.settings_dict["NAME"]
    move_to(own)
    yield counted
    move_to(empty)


@pytest.fixture(autouse=True)
def _demonstration(db: None, settings: object) -> None:
    """DEBUG is on where the demonstration is; pytest-django turns it off."""
    settings.DEBUG = True
