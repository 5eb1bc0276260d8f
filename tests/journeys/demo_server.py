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
from tests.machine import VAR, exclusive_lock

ROOT = VAR.parent
PACKAGES = ("catalogue", "stores", "search", "cms", "marketplace")
TIMEOUT_S = 300
"""As long may the first start take, which draws the pictures."""


def fingerprint() -> str:
    """Changes with the day, the code and the data that make a shop."""
    day = clock.MOMENT or timezone.localdate()
    digest = hashlib.sha256(day.isoformat().encode())
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*")):
            if file.suffix in (".py", ".json") or "texts" in file.parts:
                digest.update(file.read_bytes() if file.is_file() else b"")
    for drawing in sorted((ROOT / "marketplace" / "demo").rglob("*.svg")):
        digest.update(drawing.read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def start_demo(folder: Path, **settings: str) -> Iterator[str]:
    """The address of a demonstration shop as it is on its first day.

    `settings` are what is in its environment beside the usual.
    """
    cached = VAR / "journeys" / fingerprint()
    with exclusive_lock("journeys"):
        if not cached.exists():
            make_demo_data(cached)
    shutil.copytree(cached, folder, dirs_exist_ok=True)
    with run_server(folder, settings) as base:
        yield base


def make_demo_data(target: Path) -> None:
    """What the first start makes; for every process, on the same day and code."""
    shutil.rmtree(target.parent, ignore_errors=True)
    unfinished = target.parent / "unfinished"
    unfinished.mkdir(parents=True)
    with run_server(unfinished, {}):
        pass
    unfinished.rename(target)


@contextmanager
def run_server(folder: Path, settings: dict[str, str]) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    log = folder / "shop.log"
    with log.open("w") as log_file:
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
            stdout=log_file,
            stderr=log_file,
        )
        try:
            wait_until_healthy(base, server, log)
            yield base
        finally:
            server.terminate()
            server.wait()
    assert "Traceback" not in log.read_text(), log.read_text()[-4000:]


def wait_until_healthy(base: str, server: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while time.monotonic() < deadline:
        assert server.poll() is None, log.read_text()[-4000:]
        try:
            urllib.request.urlopen(f"{base}/healthz").close()  # noqa: S310  (our own)
        except urllib.error.URLError:
            time.sleep(0.1)  # there is nothing to wait on but the port
        else:
            return
    raise AssertionError(f"The shop did not open.\n{log.read_text()[-4000:]}")
