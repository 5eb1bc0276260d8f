"""A shop of its own for the journeys: `manage.py demo` on a database of its own."""

import hashlib
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.utils import timezone

from tests import clock
from tests.machine import VAR, alone_with

ROOT = VAR.parent
PACKAGES = ("catalogue", "stores", "search", "cms", "marketplace")
PATIENCE_S = 300
"""As long may the first start take, which draws the pictures."""


def fingerprint() -> str:
    """Changes with the day, the code and the data that make a shop."""
    day = clock.MOMENT or timezone.localdate()
    made_of = hashlib.sha256(day.isoformat().encode())
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*")):
            if file.suffix in (".py", ".json") or "texts" in file.parts:
                made_of.update(file.read_bytes() if file.is_file() else b"")
    for drawing in sorted((ROOT / "marketplace" / "demo").rglob("*.svg")):
        made_of.update(drawing.read_bytes())
    return made_of.hexdigest()[:16]


@contextmanager
def served(folder: Path, **settings: str) -> Iterator[str]:
    """The address of a demonstration shop as it is on its first day.

    `settings` are what is in its environment beside the usual.
    """
    kept = VAR / "journeys" / fingerprint()
    with alone_with("journeys"):
        if not kept.exists():
            make(kept)
    shutil.copytree(kept, folder, dirs_exist_ok=True)
    with running(folder, settings) as base:
        yield base


def make(kept: Path) -> None:
    """What the first start makes; for every process, on the same day and code."""
    shutil.rmtree(kept.parent, ignore_errors=True)
    unfinished = kept.parent / "unfinished"
    unfinished.mkdir(parents=True)
    with running(unfinished, {}):
        pass
    unfinished.rename(kept)


@contextmanager
def running(folder: Path, settings: dict[str, str]) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    log = folder / "shop.log"
    with log.open("w") as said:
        server = subprocess.Popen(
            clock.python_command("manage.py", "demo", "--port", str(port)),
            cwd=ROOT,
            env=os.environ
            | {
                "DEBUG": "true",
                "BASE_URL": base,
                "DATABASE_URL": f"sqlite:///{folder}/shop.sqlite3",
                "STORAGE_URL": f"file://{folder}/media",
                "EMAIL_URL": "dummymail://",
            }
            | settings,
            stdout=said,
            stderr=said,
        )
        try:
            wait_for(base, server, log)
            yield base
        finally:
            server.terminate()
            server.wait()
    assert "Traceback" not in log.read_text(), log.read_text()[-4000:]


def wait_for(base: str, server: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        assert server.poll() is None, log.read_text()[-4000:]
        try:
            urllib.request.urlopen(f"{base}/healthz").close()  # noqa: S310  (our own)
        except urllib.error.URLError:
            time.sleep(0.1)  # there is nothing to wait on but the port
        else:
            return
    raise AssertionError(f"The shop did not open.\n{log.read_text()[-4000:]}")
