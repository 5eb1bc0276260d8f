"""Several people at once, on a database that several can really use."""

import threading
from collections.abc import Callable, Iterator

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from marketplace.checkout.operations.place_order import place_order
from stores.operations.reserve import NotEnoughStock
from tests.factories import make_basket, make_wish

PATIENCE_S = 30


@pytest.fixture(scope="module", autouse=True)
def _rows_of_migrations(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Leave the database as it was found.

    A test with real commits ends by emptying every table, and with them go the rows
    that migrations made: Wagtail's root page, its languages, groups and permissions.
    """
    with django_db_blocker.unblock():
        rows = connection.creation.serialize_db_to_string()
    yield
    with django_db_blocker.unblock():
        call_command(
            "flush",
            verbosity=0,
            interactive=False,
            reset_sequences=False,
            inhibit_post_migrate=True,
        )
        connection.creation.deserialize_db_from_string(rows)


def outcome_of(deed: Callable[[], object]) -> str:
    try:
        deed()
    except Exception as refusal:  # the test says which are right
        return type(refusal).__name__
    return "ok"


@pytest.fixture
def race(transactional_db: None) -> Callable[..., list[str]]:
    """Does several things at the same moment, each on its own connection.

    Returns how each of them ended, sorted: `ok`, or the name of its exception.
    """

    def run(*deeds: Callable[[], object]) -> list[str]:
        start = threading.Barrier(len(deeds), timeout=PATIENCE_S)
        outcomes: list[str] = []

        def one(deed: Callable[[], object]) -> None:
            try:
                start.wait()
                outcomes.append(outcome_of(deed))
            finally:
                connection.close()

        threads = [threading.Thread(target=one, args=[deed]) for deed in deeds]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE_S)
        assert not any(thread.is_alive() for thread in threads), "they wait for ever"
        return sorted(outcomes)

    return run


@pytest.fixture
def buying(transactional_db: None) -> Callable[..., Callable[[], object]]:
    """A buyer with a basket of her own, who has yet to press the button."""

    def buyer(goods: dict, point: object) -> Callable[[], object]:
        basket = make_basket(goods, point=point)
        wish = make_wish(point=point, email="")
        return lambda: place_order(basket_id=basket.pk, wish=wish, now=timezone.now())

    return buyer


@pytest.fixture
def last_jar(transactional_db: None, honey: object, centre: object) -> object:
    """The only jar of honey in the market."""
    from tests.factories import put_on_shelf

    return put_on_shelf(centre, honey, 1)


__all__ = ["NotEnoughStock"]
