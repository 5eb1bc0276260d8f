"""Write rows that may be there already."""

from typing import TypeVar

from django.db import models

Model = TypeVar("Model", bound=models.Model)
Fields = dict[str, object]


def copy_fields(record: object, names: str, **others: object) -> Fields:
    """The named attributes of a record, and the other fields unchanged."""
    return {name: getattr(record, name) for name in names.split()} | others


def upsert(
    model: type[Model], key: tuple[str, ...], rows: list[Fields]
) -> dict[tuple, Model]:
    """Create the rows that are missing and change those that differ.

    `key` names the fields by which a row is known. Returns every row by its key.
    """
    known = {
        tuple(getattr(row, field) for field in key): row
        for row in model._default_manager.all()
    }
    new, changed, touched = [], [], set()
    for fields in rows:
        identity = tuple(fields[field] for field in key)
        row = known.get(identity)
        if row is None:
            known[identity] = row = model(**fields)
            new.append(row)
            continue
        differs = [
            name for name, value in fields.items() if getattr(row, name) != value
        ]
        if differs:
            for name in differs:
                setattr(row, name, fields[name])
            changed.append(row)
            touched.update(differs)
    model._default_manager.bulk_create(new)
    if changed:
        model._default_manager.bulk_update(changed, touched, batch_size=200)
    return known
