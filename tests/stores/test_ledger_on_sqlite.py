"""The ledger of a shop on SQLite, as the migrations leave it, in a process of its own.

The stores' own migrations run one after the other; what they stand on is made at once.
"""

import json
import os
import subprocess
import sys

import pytest

SCRIPT = """
import json
import django
django.setup()
from django.db import connection
from django.db.migrations.loader import MigrationLoader

loader = MigrationLoader(connection)
nodes = loader.graph.forwards_plan(*loader.graph.leaf_nodes("stores"))
own = [node for node in nodes if node[0] == "stores"]
state = loader.project_state([node for node in nodes if node[0] != "stores"])
with connection.schema_editor() as editor:
    made = set()
    for model in state.apps.get_models(include_auto_created=False):
        indexes = {index.name: index for index in model._meta.indexes}
        model._meta.indexes = list(indexes.values())  # taggit's state has one twice
        if model._meta.db_table not in made:  # Oscar moved one between two apps
            editor.create_model(model)
        made.add(model._meta.db_table)
for node in own:
    with connection.schema_editor() as editor:
        state = loader.get_migration(*node).apply(state, editor)
with connection.cursor() as cursor:
    cursor.execute("PRAGMA foreign_keys = OFF")
    cursor.execute(
        "INSERT INTO stores_stockmovement (record_id, batch_id, kind, quantity,"
        " balance_after, reason, document, at)"
        " VALUES (1, 1, 'receive', 5, 5, '', '', '2026-01-01')"
    )
answers = {}
for statement in STATEMENTS:
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    except Exception as refusal:
        answers[statement] = f"{type(refusal).__name__}: {refusal}"
with connection.cursor() as cursor:
    cursor.execute("SELECT quantity, balance_after FROM stores_stockmovement")
    answers["left"] = cursor.fetchall()
print(json.dumps(answers))
"""
STATEMENTS = (
    "UPDATE stores_stockmovement SET quantity = 9",
    "UPDATE stores_stockmovement SET reason = 'x'",
    "DELETE FROM stores_stockmovement",
    "DELETE FROM stores_stockmovement WHERE quantity = 5",
    "INSERT OR REPLACE INTO stores_stockmovement (id, record_id, batch_id, kind,"
    " quantity, balance_after, reason, document, at)"
    " VALUES (1, 1, 1, 'receive', 9, 9, '', '', '2026-01-01')",
)


@pytest.fixture(scope="module")
def answers() -> dict:
    environment = os.environ | {
        "DATABASE_URL": "sqlite://:memory:",
        "DJANGO_SETTINGS_MODULE": "marketplace.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.replace("STATEMENTS", repr(STATEMENTS))],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_ledger_on_sqlite_is_append_only(answers, statement):
    assert answers[statement] == "IntegrityError: stores_stockmovement is append-only"
    assert answers["left"] == [[5, 5]]
