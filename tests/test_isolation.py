"""No test leans on another, on its order or on the day."""

import datetime as dt
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from types import MappingProxyType

from django.db.models import Model

from tests.factories import make_hours, make_point

HERE = Path(__file__).resolve().parent


def find_shared_values() -> Iterator[tuple[str, object]]:
    """The constants of the modules of the tests, with their names."""
    names = [module.name for module in walk_packages([str(HERE)], "tests.")]
    ours = [import_module(name) for name in names if "tests.bench" not in name]
    others = {
        id(value)
        for module in {*sys.modules.values()} - {*ours}
        for value in vars(module).values()
    }
    for module in ours:
        for name, value in vars(module).items():
            if name.isupper() and id(value) not in others:
                yield f"{module.__name__}.{name}", value


def is_mutable(value: object) -> bool:
    if isinstance(value, tuple | frozenset):
        return any(map(is_mutable, value))
    if isinstance(value, MappingProxyType):
        return any(map(is_mutable, value.values()))
    return isinstance(value, list | dict | set | bytearray | Model)


def test_shared_values_are_immutable():
    """One test must not find what another wrote."""
    assert [name for name, value in find_shared_values() if is_mutable(value)] == []


def test_make_hours_returns_new_copy(db):
    one, other = make_point(), make_point()
    one.hours["mon"].clear()

    assert other.hours["mon"] == make_point().hours["mon"] != []
    assert make_hours()["mon"] is not make_hours()["mon"]


def test_child_process_starts_at_set_moment():
    """A server started by a test, and its own children, have the clock of the tests."""
    moment = dt.datetime.fromisoformat("2028-02-29T02:30:00+07:00")
    program = (
        "import datetime as dt, multiprocessing as mp\n"
        "with mp.get_context('fork').Pool(1) as pool:\n"
        "    print(pool.apply(dt.datetime.now, [dt.UTC]).isoformat())"
    )

    output = subprocess.check_output(
        [sys.executable, "-m", "tests.clock", moment.isoformat(), "-c", program],
        text=True,
    )

    elapsed = dt.datetime.fromisoformat(output.strip()) - moment
    assert dt.timedelta() <= elapsed < dt.timedelta(minutes=1)
