"""A movement is written once: the database refuses to change or delete it."""

from django.db import migrations

PROTECT = {
    "sqlite": [
        """
        CREATE TRIGGER stockmovement_never_changes
        BEFORE UPDATE ON stores_stockmovement
        BEGIN SELECT RAISE(ABORT, 'the stock ledger is append-only'); END
        """,
        """
        CREATE TRIGGER stockmovement_never_goes
        BEFORE DELETE ON stores_stockmovement
        BEGIN SELECT RAISE(ABORT, 'the stock ledger is append-only'); END
        """,
    ],
    "postgresql": [
        """
        CREATE FUNCTION stockmovement_is_append_only() RETURNS trigger AS $$
        BEGIN
            RAISE EXCEPTION 'the stock ledger is append-only'
                USING ERRCODE = 'integrity_constraint_violation';
        END $$ LANGUAGE plpgsql
        """,
        """
        CREATE TRIGGER stockmovement_is_append_only
        BEFORE UPDATE OR DELETE ON stores_stockmovement
        FOR EACH ROW EXECUTE FUNCTION stockmovement_is_append_only()
        """,
    ],
}
UNPROTECT = {
    "sqlite": [
        "DROP TRIGGER stockmovement_never_changes",
        "DROP TRIGGER stockmovement_never_goes",
    ],
    "postgresql": [
        "DROP TRIGGER stockmovement_is_append_only ON stores_stockmovement",
        "DROP FUNCTION stockmovement_is_append_only()",
    ],
}


def protect(apps, schema_editor):
    for statement in PROTECT[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def unprotect(apps, schema_editor):
    for statement in UNPROTECT[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("stores", "0001_initial")]

    operations = [migrations.RunPython(protect, unprotect)]
