"""An event is written once: the database refuses to change or delete it."""

from django.db import migrations

PROTECT = {
    "sqlite": [
        """
        CREATE TRIGGER paymentevent_never_changes
        BEFORE UPDATE ON payments_paymentevent
        BEGIN SELECT RAISE(ABORT, 'the history of payments is append-only'); END
        """,
        """
        CREATE TRIGGER paymentevent_never_goes
        BEFORE DELETE ON payments_paymentevent
        BEGIN SELECT RAISE(ABORT, 'the history of payments is append-only'); END
        """,
    ],
    "postgresql": [
        """
        CREATE FUNCTION paymentevent_is_append_only() RETURNS trigger AS $$
        BEGIN
            RAISE EXCEPTION 'the history of payments is append-only'
                USING ERRCODE = 'integrity_constraint_violation';
        END $$ LANGUAGE plpgsql
        """,
        """
        CREATE TRIGGER paymentevent_is_append_only
        BEFORE UPDATE OR DELETE ON payments_paymentevent
        FOR EACH ROW EXECUTE FUNCTION paymentevent_is_append_only()
        """,
    ],
}
UNPROTECT = {
    "sqlite": [
        "DROP TRIGGER paymentevent_never_changes",
        "DROP TRIGGER paymentevent_never_goes",
    ],
    "postgresql": [
        "DROP TRIGGER paymentevent_is_append_only ON payments_paymentevent",
        "DROP FUNCTION paymentevent_is_append_only()",
    ],
}


def protect(apps, schema_editor):
    for statement in PROTECT[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def unprotect(apps, schema_editor):
    for statement in UNPROTECT[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]

    operations = [migrations.RunPython(protect, unprotect)]
