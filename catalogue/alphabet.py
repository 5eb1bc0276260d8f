"""The order of the Vietnamese alphabet, the same in every database and in Python.

PostgreSQL is often built without ICU, whose collation `vi` this follows: letters first
(a ă â b c d đ e ê …), then tones (none, huyền, hỏi, ngã, sắc, nặng); capitals do not
count. The function of the database is made by a migration, SQLite's at each connection.
"""

import unicodedata
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import CharField, Func
from django.db.models.sql.compiler import SQLCompiler

LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")


def rank_letters() -> dict[str, tuple[str, str]]:
    """Each letter, with each tone, to the signs that its rank and its tone sort by."""
    ranks = {}
    for rank, letter in enumerate(LETTERS):
        for tone, mark in enumerate(TONES):
            for case in (letter, letter.upper()):
                toned = unicodedata.normalize("NFC", case + mark)
                if len(toned) == 1:
                    ranks[toned] = (chr(ord("a") + rank), str(tone))
    return ranks


RANKS = rank_letters()
BY_LETTER = str.maketrans({letter: rank for letter, (rank, _) in RANKS.items()})
BY_TONE = str.maketrans({letter: tone for letter, (_, tone) in RANKS.items()})


def vietnamese_key(text: str) -> str:
    """What texts are compared by, sign by sign.

    >>> sorted(["Đá", "dừa", "Ổi", "ơ", "zà", "ăn", "Ba"], key=vietnamese_key)
    ['ăn', 'Ba', 'dừa', 'Đá', 'Ổi', 'ơ', 'zà']
    """
    composed = unicodedata.normalize("NFC", text)
    return f"{composed.translate(BY_LETTER)}\x01{composed.translate(BY_TONE)}"


class InAlphabet(Func):
    """A column of text, to order by."""

    function = "vietnamese_key"
    arity = 1
    output_field = CharField()

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, Any]:
        template = '%(function)s(%(expressions)s) COLLATE "C"'
        return self.as_sql(compiler, connection, template=template, **context)


def add_to_sqlite(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """A receiver of `connection_created`."""
    if connection.vendor == "sqlite":
        connection.connection.create_function(
            InAlphabet.function, 1, null_or_key, deterministic=True
        )


def null_or_key(text: str | None) -> str | None:
    return None if text is None else vietnamese_key(text)


def add_to_postgresql(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """A step of a migration."""
    if editor.connection.vendor != "postgresql":
        return
    letters = "".join(RANKS)
    ranks, tones = map("".join, zip(*RANKS.values(), strict=True))
    editor.execute(
        f"CREATE OR REPLACE FUNCTION {InAlphabet.function}(text) RETURNS text"
        " LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$"
        f" SELECT translate(normalize($1), '{letters}', '{ranks}') || chr(1)"
        f" || translate(normalize($1), '{letters}', '{tones}') $$",
        params=None,
    )


def remove_from_postgresql(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(f"DROP FUNCTION IF EXISTS {InAlphabet.function}(text)")
