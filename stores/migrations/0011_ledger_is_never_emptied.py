"""Close the two side doors of the ledger: TRUNCATE, and SQLite's INSERT OR REPLACE.

Neither fires the triggers for UPDATE and DELETE. Tests with real commits end by
emptying every table, and say with a setting of their connection that they may.
"""

from django.db import migrations

PROTECT = {
    "sqlite": [
        """
        CREATE TRIGGER stockmovement_is_never_replaced
        BEFORE INSERT ON stores_stockmovement
        WHEN EXISTS (SELECT 1 FROM stores_stockmovement WHERE id = NEW.id)
        BEGIN SELECT RAISE(ABORT, 'the stock ledger is append-only'); END
        """
    ],
    "postgresql": [
        """
        CREATE FUNCTION stockmovement_is_never_emptied() RETURNS trigger AS $$
        BEGIN
            IF current_setting('stores.ledger_may_be_emptied', true)
                IS DISTINCT FROM 'yes'
            THEN
                RAISE EXCEPTION 'the stock ledger is append-only'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NULL;
        END $$ LANGUAGE plpgsql
        """,
        """
        CREATE TRIGGER stockmovement_is_never_emptied
        BEFORE TRUNCATE ON stores_stockmovement
        FOR EACH STATEMENT EXECUTE FUNCTION stockmovement_is_never_emptied()
        """,
    ],
}
UNPROTECT = {
    "sqlite": ["DROP TRIGGER stockmovement_is_never_replaced"],
    "postgresql": [
        "DROP TRIGGER stockmovement_is_never_emptied ON stores_stockmovement",
        "DROP FUNCTION stockmovement_is_never_emptied()",
    ],
}


def protect(apps, schema_editor):
    for statement in PROTECT[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def unprotect(apps, schema_editor):
    for statement in UNPROTECT[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("stores", "0010_desk_sales")]

    operations = [migrations.RunPython(protect, unprotect)]
