"""A server is killed while its buyers order, and started again.

It is the server that `make run` starts, on a copy of the tests' own database.
"""

import http.client
import os
import re
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

import psycopg
import pytest
from django.db import connections
from pytest_django import DjangoDbBlocker

from tests import clock
from tests.machine import get_database_url

pytestmark = pytest.mark.postgres

BUYERS, THREADS = 200, 4
UNITS = 150
TIMEOUT_S = 90
TOKEN = "a" * 32

GOODS = f"""
import django
django.setup()
from tests.factories import make_point, make_product, put_on_shelf
point = make_point("quay")
for slug in ("tra", "mat-ong"):
    put_on_shelf(point, make_product(slug), {UNITS})
"""
"""What lies on the shelf before the buyers come."""


@dataclass
class Shop:
    """A server on a database of its own."""

    database: str
    port: int
    process: subprocess.Popen | None = None

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "DATABASE_URL": self.database,
            "BASE_URL": f"http://127.0.0.1:{self.port}",
            "DJANGO_SETTINGS_MODULE": "marketplace.settings",
            "DEBUG": "true",
        }

    def run(self, *command: str) -> str:
        done = subprocess.run(
            clock.python_command(*command),
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self) -> None:
        self.process = subprocess.Popen(
            clock.python_command(
                "manage.py", "runserver", "--noreload", f"{self.port}"
            ),
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + TIMEOUT_S
        while time.monotonic() < deadline:
            try:
                if Browser(self.port).request("GET", "/healthz")[0] == 200:
                    return
            except OSError:
                threading.Event().wait(0.1)
        raise TimeoutError("the server does not start")

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


class Browser:
    """Cookies and forms, without pictures."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies = {"csrftoken": TOKEN}

    def request(self, method: str, path: str, **form: object) -> tuple[int, str]:
        """Status, and where the answer leads or what it says."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(
                method,
                path,
                urlencode({"csrfmiddlewaretoken": TOKEN, **form}) if form else None,
                {
                    "Content-Type": "application/x-www-form-urlencoded",
                    "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()),
                },
            )
            answer = connection.getresponse()
            body = answer.read().decode()
        finally:
            connection.close()
        for header in answer.headers.get_all("Set-Cookie", []):
            name, _equals, value = header.split(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, answer.headers.get("Location") or body


@dataclass
class Crowd:
    """Buyers who press again when the line breaks; `seen` are their orders' numbers."""

    shop: Shop
    left: list[int] = field(default_factory=lambda: list(range(BUYERS)))
    seen: list[str] = field(default_factory=list)
    refused: int = 0
    broken: int = 0
    halfway: threading.Event = field(default_factory=threading.Event)

    def post_until_answered(
        self, browser: Browser, path: str, **form: object
    ) -> tuple[int, str]:
        deadline = time.monotonic() + TIMEOUT_S
        while time.monotonic() < deadline:
            try:
                return browser.request("POST", path, **form)
            except (OSError, http.client.HTTPException):
                self.broken += 1
                threading.Event().wait(0.2)
        raise TimeoutError("the server is gone")

    def buy(self) -> None:
        while self.left:
            try:
                number = self.left.pop()
            except IndexError:
                return
            browser = Browser(self.shop.port)
            slug = ("tra", "mat-ong")[number % 2]
            self.post_until_answered(
                browser, "/basket/add/", product=slug, quantity=1 + number % 3
            )
            status, answer = self.post_until_answered(
                browser,
                "/checkout/",
                name="Hoa",
                receive="pickup",
                sales_point="quay",
                payment="point",
                email="",
                phone="0905123456",
            )
            order = re.fullmatch(r"/orders/(QN-\d{7})/[^/]+/", answer)
            if status == 302 and order:
                self.seen.append(order[1])
            else:
                self.refused += 1
            if len(self.left) <= BUYERS // 2:
                self.halfway.set()


@pytest.fixture
def shop(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Shop]:
    with django_db_blocker.unblock():
        template = connections["default"].settings_dict["NAME"]
        connections.close_all()  # a database in use cannot be copied
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute("DROP DATABASE IF EXISTS killed_shop WITH (FORCE)")
        server.execute(f'CREATE DATABASE killed_shop TEMPLATE "{template}"')
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        shop = Shop(get_database_url("killed_shop"), port)
        try:
            shop.run("-c", GOODS)
            shop.start()
            yield shop
        finally:
            if shop.process:
                shop.kill()
            server.execute("DROP DATABASE killed_shop WITH (FORCE)")


def test_killed_server_loses_no_confirmed_order(shop):
    crowd = Crowd(shop)
    threads = [threading.Thread(target=crowd.buy) for _number in range(THREADS)]
    for thread in threads:
        thread.start()
    assert crowd.halfway.wait(TIMEOUT_S)

    shop.kill()
    shop.start()
    for thread in threads:
        thread.join(TIMEOUT_S)

    with psycopg.connect(shop.database) as database:
        orders = [n for (n,) in database.execute("SELECT number FROM order_order")]
        allocated, on_hand = database.execute(
            "SELECT sum(num_allocated), sum(num_in_stock) FROM partner_stockrecord"
        ).fetchone()
        units = database.execute("SELECT sum(quantity) FROM order_line").fetchone()[0]
    assert crowd.broken, "the server was not killed while somebody was ordering"
    assert len(crowd.seen) + crowd.refused == BUYERS
    assert sorted(crowd.seen) == sorted(orders)
    assert len(crowd.seen) > BUYERS // 2
    assert allocated == units <= on_hand
    assert shop.run("manage.py", "check_ledger").startswith("The books agree")
