"""An event is written once: the database refuses to change or delete it.

Nor can the table be emptied, or a row replaced, as with the stock ledger; tests say
with the ledger's own setting that they may.
"""

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
        """
        CREATE TRIGGER paymentevent_is_never_replaced
        BEFORE INSERT ON payments_paymentevent
        WHEN EXISTS (SELECT 1 FROM payments_paymentevent WHERE id = NEW.id)
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
        """
        CREATE FUNCTION paymentevent_is_never_emptied() RETURNS trigger AS $$
        BEGIN
            IF current_setting('stores.ledger_may_be_emptied', true)
                IS DISTINCT FROM 'yes'
            THEN
                RAISE EXCEPTION 'the history of payments is append-only'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NULL;
        END $$ LANGUAGE plpgsql
        """,
        """
        CREATE TRIGGER paymentevent_is_never_emptied
        BEFORE TRUNCATE ON payments_paymentevent
        FOR EACH STATEMENT EXECUTE FUNCTION paymentevent_is_never_emptied()
        """,
    ],
}
UNPROTECT = {
    "sqlite": [
        "DROP TRIGGER paymentevent_never_changes",
        "DROP TRIGGER paymentevent_never_goes",
        "DROP TRIGGER paymentevent_is_never_replaced",
    ],
    "postgresql": [
        "DROP TRIGGER paymentevent_is_append_only ON payments_paymentevent",
        "DROP FUNCTION paymentevent_is_append_only()",
        "DROP TRIGGER paymentevent_is_never_emptied ON payments_paymentevent",
        "DROP FUNCTION paymentevent_is_never_emptied()",
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
