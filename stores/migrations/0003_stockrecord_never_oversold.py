"""Oscar's stock record owes no more than lies there, whoever writes it.

The table is Oscar's, so the rule is added beside its migrations: a CHECK where the
database can add one to a table, and a trigger in SQLite, which cannot.
"""

from django.db import migrations

BROKEN = """
    COALESCE({0}num_allocated, 0) < 0
    OR COALESCE({0}num_allocated, 0) > COALESCE({0}num_in_stock, 0)
"""
TRIGGER = """
CREATE TRIGGER stockrecord_never_oversold_{moment}
BEFORE {moment} ON partner_stockrecord WHEN {broken}
BEGIN SELECT RAISE(ABORT, 'CHECK constraint failed: stockrecord_never_oversold'); END
"""
PROTECT = {
    "sqlite": [
        TRIGGER.format(moment=moment, broken=BROKEN.format("NEW."))
        for moment in ("INSERT", "UPDATE")
    ],
    "postgresql": [
        "ALTER TABLE partner_stockrecord ADD CONSTRAINT stockrecord_never_oversold"
        f" CHECK (NOT ({BROKEN.format('')}))"
    ],
}
UNPROTECT = {
    "sqlite": [
        "DROP TRIGGER stockrecord_never_oversold_INSERT",
        "DROP TRIGGER stockrecord_never_oversold_UPDATE",
    ],
    "postgresql": [
        "ALTER TABLE partner_stockrecord DROP CONSTRAINT stockrecord_never_oversold"
    ],
}


def protect(apps, schema_editor):
    for statement in PROTECT[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def unprotect(apps, schema_editor):
    for statement in UNPROTECT[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [
        ("stores", "0002_ledger_is_append_only"),
        ("partner", "0006_auto_20200724_0909"),
    ]

    operations = [migrations.RunPython(protect, unprotect)]
