"""Letters wait in the database until the mail server takes them."""

import smtplib

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from stores.mail import LEASE, Content, StillSending, queue_letter, send_letters
from stores.models import Letter
from tests.tasks import run_tasks


def compose_numbered(*, number: int) -> Content:
    return Content(subject=f"Letter {number}", text="Xin chào")


def queue_numbered(number: int, *, to="hannah@example.com", thread="QN-1", key=""):
    queue_letter(compose_numbered, to=to, thread=thread, key=key, number=number)


class MailServer:
    """Stands between the tasks and the outbox; `failure` is what it answers."""

    failure: Exception | None = None


@pytest.fixture
def mail_server(monkeypatch):
    server = MailServer()
    send_messages = EmailBackend.send_messages

    def send(self, messages):
        if server.failure:
            raise server.failure
        return send_messages(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", send)
    return server


def make_ready() -> None:
    """Let the pauses of failed tasks be over."""
    DBTaskResult.objects.ready().update(run_after=timezone.now())
    DBTaskResult.objects.update(run_after=timezone.now())


def list_subjects() -> list[str]:
    return [message.subject for message in mail.outbox]


def test_queue_letter_sends_nothing_before_its_task_runs(db):
    queue_numbered(1)

    assert mail.outbox == []
    run_tasks()
    assert list_subjects() == ["Letter 1"]
    assert Letter.objects.get().sent_at


def test_queue_letter_with_used_key_is_ignored(db):
    queue_numbered(1, key="confirmed-7")
    run_tasks()
    queue_numbered(2, key="confirmed-7")
    run_tasks()

    assert list_subjects() == ["Letter 1"]


def test_letters_of_thread_wait_for_mail_server_and_arrive_in_order(db, mail_server):
    mail_server.failure = ConnectionRefusedError("no mail today")
    for number in (1, 2, 3):
        queue_numbered(number)
    run_tasks()
    assert mail.outbox == []
    queue_numbered(4)
    mail_server.failure = None

    run_tasks()
    make_ready()
    run_tasks()

    assert list_subjects() == ["Letter 1", "Letter 2", "Letter 3", "Letter 4"]
    assert not Letter.objects.waiting().exists()


def test_letter_keeps_its_content_after_first_attempt(db, mail_server):
    mail_server.failure = ConnectionRefusedError("no mail today")
    queue_numbered(1)
    run_tasks()
    Letter.objects.update(params={"number": 2})
    mail_server.failure = None
    make_ready()

    run_tasks()

    assert list_subjects() == ["Letter 1"]


@pytest.mark.parametrize(
    "address",
    ["a@example.com\u200e", "a@example.com\nBcc: b@example.com"],
)
def test_letter_to_invalid_address_is_refused_and_next_is_sent(db, address):
    queue_numbered(1, to=address)
    queue_numbered(2)
    queue_numbered(3, thread="QN-2")

    run_tasks()

    assert sorted(list_subjects()) == ["Letter 2", "Letter 3"]
    assert Letter.objects.refused().get().recipient == address


@pytest.mark.parametrize(
    ("failure", "is_refused"),
    [
        (smtplib.SMTPRecipientsRefused({"x": (550, b"no such user")}), True),
        (smtplib.SMTPRecipientsRefused({"x": (450, b"busy")}), False),
        (smtplib.SMTPDataError(554, b"spam"), True),
        (smtplib.SMTPDataError(451, b"later"), False),
        (smtplib.SMTPServerDisconnected("bye"), False),
        (TimeoutError("no answer"), False),
        (KeyError("a mistake of ours"), True),
    ],
    ids=repr,
)
def test_send_letters_refuses_what_would_fail_again(
    db, mail_server, failure, is_refused
):
    mail_server.failure = failure
    queue_numbered(1)

    run_tasks()

    letter = Letter.objects.get()
    assert bool(letter.refusal) == is_refused
    assert letter.claimed_until is None
    assert letter.sent_at is None


def test_send_letters_leaves_letter_of_another_process(db):
    queue_numbered(1)
    Letter.objects.update(claimed_until=timezone.now() + LEASE)

    with pytest.raises(StillSending):
        send_letters.call(thread="QN-1")

    Letter.objects.update(claimed_until=timezone.now() - LEASE)
    assert send_letters.call(thread="QN-1") == 1


def test_letter_has_same_message_id_on_every_attempt(db, mail_server):
    queue_numbered(1)
    run_tasks()
    Letter.objects.update(sent_at=None)
    send_letters.call(thread="QN-1")

    first, second = mail.outbox
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
