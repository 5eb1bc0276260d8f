"""What the tables need beyond columns: the full-text index and the outbox's triggers.

Created after every migrate and not by a migration, because SQLite drops the triggers of
a table whenever a migration of any app rebuilds it.
"""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.backends.utils import CursorWrapper

from catalogue.models import Product
from search.models import SearchEntry

RECORDED_TABLES = {
    "search_searchentry": ("{row}.kind", "{row}.object_id"),
    "catalogue_product": ("'product'", "{row}.id"),
    "catalogue_certificate": ("'product'", "{row}.product_id"),
    "partner_stockrecord": ("'product'", "{row}.product_id"),
    "stores_stocklot": (
        "'product'",
        "(SELECT product_id FROM partner_stockrecord WHERE id = {row}.record_id)",
    ),
    "catalogue_batch": ("'product'", "{row}.product_id"),
}
"""Tables that documents are built from, to the kind and id of the item of {row}.

A sales point changes the documents of all its products: see POINT_CHANGED.
"""

EVENTS = {"INSERT": "NEW", "UPDATE": "NEW", "DELETE": "OLD"}

IS_RECORDING = "EXISTS (SELECT 1 FROM search_searchindex WHERE is_recording)"
"""Before the first index nobody reads the changes."""

POINT_CHANGED = """
INSERT INTO search_searchchange (kind, object_id, changed_at)
SELECT 'product', product_id, CURRENT_TIMESTAMP FROM partner_stockrecord
WHERE partner_id = NEW.partner_id"""

FIRST_INDEX_LOCK = 7_203
"""Held shared by whoever may record a change, and alone by whoever starts recording."""


def complete_schema(sender: AppConfig, using: str, **_: Any) -> None:
    """Create or replace the index and the triggers. Idempotent."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if "search_searchchange" not in connection.introspection.table_names(cursor):
            return  # migrated back to before it
        if connection.vendor == "sqlite":
            complete_sqlite(cursor)
        else:
            complete_postgresql(cursor)
    write_missing_entries()


def write_missing_entries() -> None:
    """Write the entries of a shop whose entries a migration has deleted."""
    from search.index import index_everything

    if not SearchEntry.objects.exists() and Product.objects.exists():
        index_everything()


def list_recording_triggers() -> list[tuple[str, str, str]]:
    """The triggers of the outbox: table, event, and the statement that records it."""
    triggers = []
    for table, (kind, object_id) in RECORDED_TABLES.items():
        for event, row in EVENTS.items():
            kind_sql, id_sql = kind.format(row=row), object_id.format(row=row)
            statement = (
                "INSERT INTO search_searchchange (kind, object_id, changed_at)"
                f" SELECT {kind_sql}, {id_sql}, CURRENT_TIMESTAMP"
                f" WHERE {id_sql} IS NOT NULL"
            )
            triggers.append((table, event, statement))
    return [*triggers, ("stores_salespoint", "UPDATE", POINT_CHANGED)]


def complete_sqlite(cursor: CursorWrapper) -> None:
    cursor.execute(
        "CREATE VIRTUAL TABLE IF NOT EXISTS search_fulltext USING fts5("
        "text, content='search_searchentry', content_rowid='id', detail=none,"
        " tokenize=\"unicode61 remove_diacritics 0\", prefix='2 3')"
    )
    cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    existing = {name for (name,) in cursor.fetchall()}
    remove = (
        "INSERT INTO search_fulltext (search_fulltext, rowid, text)"
        " VALUES ('delete', OLD.id, OLD.text);"
    )
    add = "INSERT INTO search_fulltext (rowid, text) VALUES (NEW.id, NEW.text);"
    for event, statements in (
        ("INSERT", add),
        ("UPDATE", remove + add),
        ("DELETE", remove),
    ):
        cursor.execute(
            f"CREATE TRIGGER IF NOT EXISTS search_fulltext_{event.lower()}"
            f" AFTER {event} ON search_searchentry BEGIN {statements} END"
        )
    if "search_fulltext_insert" not in existing:
        cursor.execute(
            "INSERT INTO search_fulltext (search_fulltext) VALUES ('rebuild')"
        )
    for table, event, statement in list_recording_triggers():
        cursor.execute(
            f"CREATE TRIGGER IF NOT EXISTS search_record_{table}_{event.lower()}"
            f" AFTER {event} ON {table} WHEN {IS_RECORDING}"
            f" BEGIN {statement}; END"
        )


def complete_postgresql(cursor: CursorWrapper) -> None:
    # The words as they are stored: no parser, no dictionary, no positions.
    cursor.execute(
        "ALTER TABLE search_searchentry ADD COLUMN IF NOT EXISTS lexemes tsvector"
        " GENERATED ALWAYS AS"
        " (array_to_tsvector(string_to_array(btrim(text), ' '))) STORED"
    )
    cursor.execute(
        "CREATE INDEX IF NOT EXISTS searchentry_fulltext"
        " ON search_searchentry USING gin (lexemes)"
    )
    for table, event, statement in list_recording_triggers():
        name = f"search_record_{table}_{event.lower()}"
        cursor.execute(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger AS $$ BEGIN"
            f" PERFORM pg_advisory_xact_lock_shared({FIRST_INDEX_LOCK});"
            f" {statement} AND {IS_RECORDING};"
            " RETURN NULL; END $$ LANGUAGE plpgsql"
        )
        cursor.execute(
            f"CREATE OR REPLACE TRIGGER {name} AFTER {event} ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {name}()"
        )
