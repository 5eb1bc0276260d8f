"""Several people at once, on a database that several can really use."""

import threading
from collections.abc import Callable, Iterator

import pytest
from django.db import connection, transaction
from django.test import TransactionTestCase
from django.utils import timezone
from oscar.apps.payment.models import SourceType
from pytest_django import DjangoDbBlocker

from catalogue.models import Product
from marketplace.checkout.place_order import place_order
from stores.models import SalesPoint
from stores.partner.models import StockRecord
from tests.factories import make_basket, make_order_request, put_on_shelf

TIMEOUT_S = 30

Action = Callable[[], object]


@pytest.fixture(scope="session")
def migrated_tables(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[list[str]]:
    """The tables that migrations put rows in, which lie copied in the schema `initial`.

    They are Wagtail's root page, its languages and groups, and every permission.
    """
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS initial CASCADE; CREATE SCHEMA initial")
        filled = tables_with_rows()
        for table in filled:
            cursor.execute(f"CREATE TABLE initial.{table} AS TABLE public.{table}")
    yield filled
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA initial CASCADE")


@pytest.fixture(scope="module", autouse=True)
def _restore_database(migrated_tables: list[str]) -> Iterator[None]:
    """A test with real commits leaves the database as it was found.

    Django would empty every table, which takes a second for each test, and bring back
    the permissions alone.
    """

    def restore(_test: TransactionTestCase) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            # Without triggers, and with them without foreign keys, any order is right.
            cursor.execute("SET LOCAL session_replication_role = replica")
            for table in tables_with_rows():
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608  (our own)
            for table in migrated_tables:
                cursor.execute(f"INSERT INTO {table} TABLE initial.{table}")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(TransactionTestCase, "_fixture_teardown", restore)
        yield


def tables_with_rows() -> list[str]:
    tables = connection.introspection.table_names()
    found = " UNION ALL ".join(
        f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})"  # noqa: S608  (our own)
        for table in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(found)
        return [table for (table,) in cursor]


def get_outcome(action: Action) -> str:
    try:
        action()
    except Exception as refusal:  # the test says which are right
        return type(refusal).__name__
    return "ok"


@pytest.fixture
def race(transactional_db: None) -> Callable[..., list[str]]:
    """Does several things at the same moment, each on its own connection.

    Returns how each of them ended, sorted: `ok`, or the name of its exception.
    """

    def run(*actions: Action) -> list[str]:
        start = threading.Barrier(len(actions), timeout=TIMEOUT_S)
        outcomes: list[str] = []

        def run_one(action: Action) -> None:
            try:
                connection.ensure_connection()  # its time must not part the runners
                start.wait()
                outcomes.append(get_outcome(action))
            finally:
                connection.close()

        threads = [
            threading.Thread(target=run_one, args=[action], daemon=True)
            for action in actions
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(TIMEOUT_S)
        assert not any(thread.is_alive() for thread in threads), "they wait for ever"
        return sorted(outcomes)

    return run


@pytest.fixture
def at_barrier() -> Callable[..., Callable[..., object]]:
    """Lets so many callers of a function wait for each other just before it.

    Each calls it once or more; only a caller's first call waits. So both buyers have
    seen the last jar free before either of them takes it, in every run.
    """

    def wrap(action: Callable[..., object], people: int) -> Callable[..., object]:
        door = threading.Barrier(people, timeout=TIMEOUT_S)
        through = threading.local()

        def wait_then_do(*args: object, **kwargs: object) -> object:
            if not hasattr(through, "door"):
                through.door = door
                door.wait()
            return action(*args, **kwargs)

        return wait_then_do

    return wrap


@pytest.fixture
def make_checkout(transactional_db: None) -> Callable[..., Action]:
    """A buyer with a basket of her own, who has yet to press the button."""

    # The first order there ever is makes the way of paying; others wait for its end.
    SourceType.objects.get_or_create(code="point", defaults={"name": "point"})

    def buyer(goods: dict[Product, int], point: SalesPoint) -> Action:
        basket = make_basket(goods, point=point)
        order_request = make_order_request(point=point, email="")
        return lambda: place_order(
            basket_id=basket.pk, request=order_request, now=timezone.now()
        )

    return buyer


@pytest.fixture
def last_jar(transactional_db: None, honey: Product, centre: SalesPoint) -> StockRecord:
    """The only jar of honey in the market."""
    return put_on_shelf(centre, honey, 1)


@pytest.fixture
def no_constraint(transactional_db: None) -> Iterator[None]:
    """The database lets a shelf owe more than lies on it."""
    (constraint,) = StockRecord._meta.constraints
    with connection.schema_editor() as editor:
        editor.remove_constraint(StockRecord, constraint)
    yield
    StockRecord.objects.update(num_allocated=0)
    with connection.schema_editor() as editor:
        editor.add_constraint(StockRecord, constraint)
