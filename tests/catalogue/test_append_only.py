"""AppendOnly on a table of its own, in PostgreSQL and in SQLite."""

from collections.abc import Iterator
from types import MappingProxyType

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import CreateModel, Migration
from django.db.migrations.state import ProjectState
from django.db.utils import ConnectionHandler

from catalogue.migration_operations import ALLOW_TRUNCATE, AppendOnly

FIELDS = (("id", models.BigAutoField(primary_key=True)), ("n", models.IntegerField()))
SQLITE = MappingProxyType({"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"})


class Initial(Migration):
    operations = (CreateModel("Journal", [*FIELDS]), AppendOnly("Journal"))


class Again(Migration):
    operations = (AppendOnly("Journal"),)


initial, again = Initial("0001", "catalogue"), Again("0002", "catalogue")


@pytest.fixture(params=["postgresql", "sqlite"])
def database(request, db) -> Iterator[BaseDatabaseWrapper]:
    """A table with one row, made by a migration; gone after the test."""
    found = connection
    if request.param == "sqlite":
        found = ConnectionHandler({"default": {**SQLITE}})["default"]
    elif connection.vendor != "postgresql":
        pytest.skip("the tests run on SQLite")
    with found.schema_editor() as editor:
        initial.apply(ProjectState(), editor)
    run(found, "INSERT INTO catalogue_journal (id, n) VALUES (1, 5)")
    yield found
    if request.param == "sqlite":
        found.close()


def run(database: BaseDatabaseWrapper, sql: str) -> None:
    with database.cursor() as cursor:
        cursor.execute(sql)


def rows(database: BaseDatabaseWrapper) -> list[tuple]:
    with database.cursor() as cursor:
        cursor.execute("SELECT id, n FROM catalogue_journal")
        return cursor.fetchall()


def refuses(database: BaseDatabaseWrapper, sql: str) -> bool:
    try:
        if database.vendor == "sqlite":
            run(database, sql)
        else:
            with transaction.atomic():
                run(database, sql)
    except IntegrityError as error:
        return "catalogue_journal is append-only" in str(error)
    return False


CHANGES = MappingProxyType(
    {
        "postgresql": (
            "UPDATE catalogue_journal SET n = 9",
            "DELETE FROM catalogue_journal",
            f"SET LOCAL {ALLOW_TRUNCATE} = ''; TRUNCATE catalogue_journal",
            "INSERT INTO catalogue_journal (id, n) VALUES (1, 9)"
            " ON CONFLICT (id) DO UPDATE SET n = 9",
        ),
        "sqlite": (
            "UPDATE catalogue_journal SET n = 9",
            "DELETE FROM catalogue_journal WHERE n = 5",
            "INSERT OR REPLACE INTO catalogue_journal (id, n) VALUES (1, 9)",
        ),
    }
)


def test_append_only_accepts_inserts_and_refuses_changes(database):
    run(database, "INSERT INTO catalogue_journal (id, n) VALUES (2, 7)")

    for sql in CHANGES[database.vendor]:
        assert refuses(database, sql), sql

    assert rows(database) == [(1, 5), (2, 7)]


def test_append_only_is_repeatable(database):
    state = initial.mutate_state(ProjectState())
    with database.schema_editor() as editor:
        again.apply(state, editor)

    assert all(refuses(database, sql) for sql in CHANGES[database.vendor])


def test_append_only_is_reversible(database):
    state = initial.mutate_state(ProjectState())
    with database.schema_editor() as editor:
        again.unapply(state, editor)

    assert not any(refuses(database, sql) for sql in CHANGES[database.vendor])


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_append_only_allows_truncate_when_session_permits(database):
    assert not refuses(
        database, f"SET LOCAL {ALLOW_TRUNCATE} = 'yes'; TRUNCATE catalogue_journal"
    )

    assert rows(database) == []


def test_append_only_describes_itself():
    operation = again.operations[0]

    assert operation.describe() == "Refuse changes to the rows of Journal"
    assert again.suggest_name() == "journal_append_only"
    assert operation.deconstruct() == ("AppendOnly", ("Journal",), {})
