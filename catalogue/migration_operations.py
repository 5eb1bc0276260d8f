"""Migration operations for every app's migrations."""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.state import ProjectState

ALLOW_TRUNCATE = "append_only.allow_truncate"
"""PostgreSQL setting; a session where it is `yes` may TRUNCATE append-only tables."""

SQLITE = """
CREATE TRIGGER {table}_refuses_{name} BEFORE {event}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
SQLITE_EVENTS = {
    "update": "UPDATE ON {table}",
    "delete": "DELETE ON {table}",
    "replace": "INSERT ON {table}"  # INSERT OR REPLACE fires no DELETE trigger
    " WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)",
}
POSTGRESQL = f"""
CREATE OR REPLACE FUNCTION {{table}}_append_only() RETURNS trigger AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' AND current_setting('{ALLOW_TRUNCATE}', true) = 'yes' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '{{table}} is append-only'
        USING ERRCODE = 'integrity_constraint_violation';
END $$ LANGUAGE plpgsql;
CREATE TRIGGER {{table}}_refuses_change BEFORE UPDATE OR DELETE ON {{table}}
FOR EACH ROW EXECUTE FUNCTION {{table}}_append_only();
CREATE TRIGGER {{table}}_refuses_truncate BEFORE TRUNCATE ON {{table}}
FOR EACH STATEMENT EXECUTE FUNCTION {{table}}_append_only();
"""


class AppendOnly(Operation):
    """Have the database refuse UPDATE, DELETE, REPLACE and TRUNCATE on a model's table.

    Each fails with an IntegrityError, "<table> is append-only". SQLite drops the
    triggers of a table that a later migration remakes (AlterField, AddConstraint, …):
    repeat the operation after such a change; it may run more than once.
    """

    category = OperationCategory.SQL
    reduces_to_sql = True

    def __init__(self, model_name: str) -> None:
        self.model_name = model_name

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The models stay as they are."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        self.database_backwards(app_label, schema_editor, to_state, to_state)
        table = self.get_table(app_label, to_state)
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(POSTGRESQL.format(table=table), params=None)
            return
        for name, event in SQLITE_EVENTS.items():
            statement = SQLITE.format(table=table, name=name, event=event)
            schema_editor.execute(statement.format(table=table), params=None)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        table = self.get_table(app_label, from_state)
        if schema_editor.connection.vendor == "postgresql":
            drop = f"DROP FUNCTION IF EXISTS {table}_append_only() CASCADE"
            schema_editor.execute(drop, params=None)
            return
        for name in SQLITE_EVENTS:
            drop = f"DROP TRIGGER IF EXISTS {table}_refuses_{name}"
            schema_editor.execute(drop, params=None)

    def get_table(self, app_label: str, state: ProjectState) -> str:
        return state.apps.get_model(app_label, self.model_name)._meta.db_table

    def describe(self) -> str:
        return f"Refuse changes to the rows of {self.model_name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"{self.model_name.lower()}_append_only"
