"""What the tables need beyond columns: the full-text index and the outbox's triggers.

Made after every migration and not by one, because SQLite drops a table's triggers
whenever a migration of any app remakes that table.
"""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.backends.utils import CursorWrapper

from catalogue.models import Product
from search.models import SearchEntry

NOTED = {
    # table: (kind, how the thing is found from a row called {row})
    "search_searchentry": ("{row}.kind", "{row}.thing"),
    "catalogue_product": ("'product'", "{row}.id"),
    "catalogue_certificate": ("'product'", "{row}.product_id"),
    "partner_stockrecord": ("'product'", "{row}.product_id"),
    "stores_stocklot": (
        "'product'",
        "(SELECT product_id FROM partner_stockrecord WHERE id = {row}.record_id)",
    ),
    "catalogue_batch": ("'product'", "{row}.product_id"),
}
"""Tables whose rows are told of in documents. A point's products are noted apart."""

MOMENTS = {"INSERT": "NEW", "UPDATE": "NEW", "DELETE": "OLD"}

RECORDS = "EXISTS (SELECT 1 FROM search_searchindex WHERE records)"
"""Without an index nobody would ever read the changes."""

POINT_CHANGED = """
INSERT INTO search_searchchange (kind, thing, changed_at)
SELECT 'product', product_id, CURRENT_TIMESTAMP FROM partner_stockrecord
WHERE partner_id = NEW.partner_id AND {records}
"""

FIRST_INDEX_LOCK = 7_203
"""Held shared by whoever may note a change, and alone by whoever turns noting on."""


def complete(sender: AppConfig, using: str, **_: Any) -> None:
    """Bring index and triggers to where they should be; again without harm."""
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
    """Write the entries of a shop whose entries a migration has emptied."""
    from search.operations.index import index_everything

    if not SearchEntry.objects.exists() and Product.objects.exists():
        index_everything()


def complete_sqlite(cursor: CursorWrapper) -> None:
    cursor.execute(
        "CREATE VIRTUAL TABLE IF NOT EXISTS search_fulltext USING fts5("
        "text, content='search_searchentry', content_rowid='id', detail=none,"
        " tokenize=\"unicode61 remove_diacritics 0\", prefix='2 3')"
    )
    cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    there = {name for (name,) in cursor.fetchall()}
    outdated = (
        "INSERT INTO search_fulltext (search_fulltext, rowid, text)"
        " VALUES ('delete', OLD.id, OLD.text);"
    )
    current = "INSERT INTO search_fulltext (rowid, text) VALUES (NEW.id, NEW.text);"
    for moment, statements in (
        ("INSERT", current),
        ("UPDATE", outdated + current),
        ("DELETE", outdated),
    ):
        name = f"search_fulltext_{moment.lower()}"
        if name not in there:
            cursor.execute(
                f"CREATE TRIGGER {name} AFTER {moment} ON search_searchentry"
                f" BEGIN {statements} END"
            )
    if "search_fulltext_insert" not in there:
        cursor.execute(
            "INSERT INTO search_fulltext (search_fulltext) VALUES ('rebuild')"
        )
    for table, (kind, thing) in NOTED.items():
        for moment, row in MOMENTS.items():
            cursor.execute(
                f"CREATE TRIGGER IF NOT EXISTS search_notes_{table}_{moment.lower()}"
                f" AFTER {moment} ON {table} WHEN {RECORDS} BEGIN"
                " INSERT INTO search_searchchange (kind, thing, changed_at) SELECT"
                f" {kind.format(row=row)}, {thing.format(row=row)}, CURRENT_TIMESTAMP"
                f" WHERE {thing.format(row=row)} IS NOT NULL; END"
            )
    cursor.execute(
        "CREATE TRIGGER IF NOT EXISTS search_notes_stores_salespoint"
        f" AFTER UPDATE ON stores_salespoint WHEN {RECORDS}"
        f" BEGIN {POINT_CHANGED.format(records='1')}; END"
    )


def complete_postgresql(cursor: CursorWrapper) -> None:
    # The words as they stand there: no parser, no dictionary, no positions.
    cursor.execute(
        "ALTER TABLE search_searchentry ADD COLUMN IF NOT EXISTS lexemes tsvector"
        " GENERATED ALWAYS AS"
        " (array_to_tsvector(string_to_array(btrim(text), ' '))) STORED"
    )
    cursor.execute(
        "CREATE INDEX IF NOT EXISTS searchentry_fulltext"
        " ON search_searchentry USING gin (lexemes)"
    )
    for table, (kind, thing) in NOTED.items():
        for moment, row in MOMENTS.items():
            noting = (
                f"PERFORM pg_advisory_xact_lock_shared({FIRST_INDEX_LOCK});"
                " INSERT INTO search_searchchange (kind, thing, changed_at) SELECT"
                f" {kind.format(row=row)}, {thing.format(row=row)}, CURRENT_TIMESTAMP"
                f" WHERE {RECORDS} AND {thing.format(row=row)} IS NOT NULL;"
            )
            notes_postgresql(cursor, table, moment, noting)
    notes_postgresql(
        cursor,
        "stores_salespoint",
        "UPDATE",
        f"PERFORM pg_advisory_xact_lock_shared({FIRST_INDEX_LOCK});"
        f" {POINT_CHANGED.format(records=RECORDS)};",
    )


def notes_postgresql(
    cursor: CursorWrapper, table: str, moment: str, noting: str
) -> None:
    name = f"search_notes_{table}_{moment.lower()}"
    cursor.execute(
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger AS $$"
        f" BEGIN {noting} RETURN NULL; END $$ LANGUAGE plpgsql"
    )
    cursor.execute(
        f"CREATE OR REPLACE TRIGGER {name} AFTER {moment} ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION {name}()"
    )
