"""The clock of the tests.

`TEST_CLOCK=2026-12-31T12:00:00+07:00 make test` begins every test at that moment; from
there the clock goes on. Without it the tests run at the machine's own time. It is the
clock of Python alone, which is enough: nothing asks PostgreSQL, Elasticsearch or the
browser what time it is.

`python -m tests.clock MOMENT PROGRAM ...` runs a Python program at that moment.
"""

import datetime as dt
import os
import runpy
import sys

import time_machine


def read_moment() -> dt.datetime | None:
    """The value of TEST_CLOCK; ends the run when it is no moment with an offset."""
    text = os.environ.get("TEST_CLOCK")
    if not text:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        moment = dt.datetime.min
    if moment.tzinfo is None:
        sys.exit(f"TEST_CLOCK={text}: write it as 2026-12-31T12:00:00+07:00.")
    return moment


MOMENT = read_moment()
_traveller = time_machine.travel(MOMENT).start() if MOMENT else None


def restart() -> None:
    """Go back to the set moment, so that no test is late for it."""
    if _traveller:
        _traveller.move_to(MOMENT)


def python_command(*arguments: str) -> list[str]:
    """The command line of another Python process, which runs at this one's time."""
    if MOMENT is None:
        return [sys.executable, *arguments]
    now = dt.datetime.now(dt.UTC).isoformat()
    return [sys.executable, "-m", "tests.clock", now, *arguments]


def main(moment: str, program: str, *arguments: str) -> None:
    time_machine.travel(dt.datetime.fromisoformat(moment)).start()
    sys.argv = [program, *arguments]
    if program == "-c":
        exec(arguments[0], {"__name__": "__main__"})  # noqa: S102  (our own)
    else:
        runpy.run_path(program, run_name="__main__")


if __name__ == "__main__":
    main(*sys.argv[1:])
