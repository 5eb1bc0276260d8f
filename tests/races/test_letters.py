"""Letters arrive once and in order, whatever happens to mail server and worker."""

import os
import signal
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from stores.mail import LEASE, Content, queue_letter
from stores.models import Letter
from tests import clock
from tests.machine import get_database_url

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ORDERS, LETTERS_EACH = 100, 5
KILLS = 8
TIMEOUT_S = 120


def compose_numbered(*, order: int, number: int) -> Content:
    return Content(subject=f"{order} {number}", text="Xin chào")


class MailServer:
    """An SMTP server that can be away; `arrived` are order and number of letters."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.arrived: list[tuple[int, int]] = []

    async def handle_DATA(  # noqa: N802  (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        subject = next(
            line for line in envelope.content.splitlines() if b"Subject:" in line
        )
        order, number = subject.split(b":")[1].split()
        self.arrived.append((int(order), int(number)))
        return "250 OK"

    def start(self) -> Controller:
        controller = Controller(self, hostname="127.0.0.1", port=self.port)
        controller.start()
        return controller


@pytest.fixture
def mail_server() -> MailServer:
    return MailServer()


@pytest.fixture
def workers(mail_server: MailServer) -> Iterator["Workers"]:
    found = Workers(mail_server.port)
    yield found
    found.kill()


class Workers:
    """`manage.py work`, as one process after the other."""

    def __init__(self, mail_port: int) -> None:
        self.environment = os.environ | {
            "DATABASE_URL": get_database_url(connection.settings_dict["NAME"]),
            "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
            "ELASTICSEARCH_URL": "",
            "PYTHONPATH": str(settings.ROOT),
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(  # noqa: S603
            clock.python_command("manage.py", "work"),
            cwd=settings.ROOT,
            env=self.environment,
        )

    def kill(self) -> None:
        if self.process:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None


def queue_letters() -> None:
    for number in range(LETTERS_EACH):
        for order in range(ORDERS):
            queue_letter(
                compose_numbered,
                to="hannah@example.com",
                thread=f"QN-{order}",
                order=order,
                number=number,
            )


def wait_until(is_done) -> None:
    ends_at = time.monotonic() + TIMEOUT_S
    while not is_done():
        assert time.monotonic() < ends_at
        threading.Event().wait(0.05)


def end_pauses() -> None:
    """Let what failed, and what a killed worker was sending, be due now."""
    now = timezone.now()
    DBTaskResult.objects.filter(status="READY", run_after__gt=now).exclude(
        exception_class_path=""
    ).update(run_after=now)
    Letter.objects.exclude(claimed_until=None).update(claimed_until=now - LEASE)


def are_all_sent() -> bool:
    return not Letter.objects.waiting().exists()


def assert_in_order(arrived: list[tuple[int, int]]) -> None:
    for order in range(ORDERS):
        numbers = [number for one, number in arrived if one == order]
        assert numbers == sorted(numbers)
        assert set(numbers) == set(range(LETTERS_EACH))


def test_letters_arrive_once_in_order_after_mail_server_was_away(mail_server, workers):
    queue_letters()
    workers.start()
    tried = DBTaskResult.objects.exclude(exception_class_path="")
    wait_until(lambda: tried.count() >= ORDERS)
    assert mail_server.arrived == []

    controller = mail_server.start()
    try:
        end_pauses()
        wait_until(are_all_sent)
    finally:
        controller.stop()

    assert max(Counter(mail_server.arrived).values()) == 1
    assert_in_order(mail_server.arrived)


def test_letters_survive_worker_killed_while_it_sends(mail_server, workers):
    queue_letters()
    controller = mail_server.start()
    total = ORDERS * LETTERS_EACH
    try:
        for number in range(KILLS):
            workers.start()
            wait_until(
                lambda goal=(number + 1) * total // (KILLS + 2): (
                    len(mail_server.arrived) >= goal
                )
            )
            workers.kill()
            end_pauses()
        workers.start()
        wait_until(are_all_sent)
    finally:
        controller.stop()

    doubled = len(mail_server.arrived) - total
    assert 0 <= doubled <= KILLS
    assert_in_order(mail_server.arrived)
