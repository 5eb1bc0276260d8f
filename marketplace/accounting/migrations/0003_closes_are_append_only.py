"""A close is written once: the database refuses to change or delete it.

Nor can its tables be emptied, or a row replaced, as with the stock ledger; tests say
with the ledger's own setting that they may.
"""

from django.db import migrations

TABLES = ["tillclose", "tillentry"]
SAYS = "the closes of tills are append-only"


def statements(vendor, name):
    table = f"accounting_{name}"
    if vendor == "sqlite":
        refuse = f"BEGIN SELECT RAISE(ABORT, '{SAYS}'); END"
        return [
            f"CREATE TRIGGER {name}_never_changes BEFORE UPDATE ON {table} {refuse}",
            f"CREATE TRIGGER {name}_never_goes BEFORE DELETE ON {table} {refuse}",
            f"CREATE TRIGGER {name}_is_never_replaced BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id) {refuse}",
        ]
    return [
        f"""
        CREATE FUNCTION {name}_is_append_only() RETURNS trigger AS $$
        BEGIN
            RAISE EXCEPTION '{SAYS}' USING ERRCODE = 'integrity_constraint_violation';
        END $$ LANGUAGE plpgsql
        """,
        f"""
        CREATE TRIGGER {name}_is_append_only BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION {name}_is_append_only()
        """,
        f"""
        CREATE FUNCTION {name}_is_never_emptied() RETURNS trigger AS $$
        BEGIN
            IF current_setting('stores.ledger_may_be_emptied', true)
                IS DISTINCT FROM 'yes'
            THEN
                RAISE EXCEPTION '{SAYS}'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NULL;
        END $$ LANGUAGE plpgsql
        """,
        f"""
        CREATE TRIGGER {name}_is_never_emptied BEFORE TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION {name}_is_never_emptied()
        """,
    ]


def protect(apps, schema_editor):
    for name in TABLES:
        for statement in statements(schema_editor.connection.vendor, name):
            schema_editor.execute(statement)


def unprotect(apps, schema_editor):
    for name in TABLES:
        if schema_editor.connection.vendor == "sqlite":
            for what in ("never_changes", "never_goes", "is_never_replaced"):
                schema_editor.execute(f"DROP TRIGGER {name}_{what}")
            continue
        for what in ("is_append_only", "is_never_emptied"):
            schema_editor.execute(f"DROP TRIGGER {name}_{what} ON accounting_{name}")
            schema_editor.execute(f"DROP FUNCTION {name}_{what}()")


class Migration(migrations.Migration):
    dependencies = [("accounting", "0002_tills_are_closed")]

    operations = [migrations.RunPython(protect, unprotect)]
