"""The schedule, and the worker that runs every task."""

import datetime as dt
import os
import socket

import pytest
from django.db import OperationalError
from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from marketplace.office.permissions import grant_manager_permissions
from marketplace.tasks import schedule, worker
from marketplace.tasks.models import ScheduledTask
from marketplace.tasks.queries import STANDS_STILL_AFTER
from marketplace.tasks.schedule import SCHEDULE, Entry, enqueue_due
from marketplace.tasks.worker import (
    LONGEST_PAUSE,
    LONGEST_RUN,
    MOST_ATTEMPTS,
    Worker,
    pause_after,
    release_abandoned,
)
from stores.models import Letter
from tests.factories import make_user
from tests.tasks import run_tasks

calls: list[str] = []
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_calls():
    calls.clear()


@task()
def note(name: str) -> None:
    calls.append(name)
    if name == "fails":
        raise ValueError("no")


@task()
def note_time() -> None:
    calls.append("time")


def test_worker_runs_next_task_after_failed_one():
    note.enqueue("fails")
    note.enqueue("works")

    run_tasks()

    assert calls == ["fails", "works"]


def test_worker_retries_failed_task_after_growing_pause():
    note.enqueue("fails")
    pauses = []

    for _attempt in range(3):
        run_tasks()
        row = DBTaskResult.objects.get()
        pauses.append(round((row.run_after - row.started_at).total_seconds()))
        assert row.status == "READY"
        assert "ValueError: no" in row.traceback
        DBTaskResult.objects.update(run_after=timezone.now())

    assert pauses == [5, 10, 20]
    assert calls == ["fails"] * 3


def test_worker_gives_up_after_most_attempts():
    note.enqueue("fails")
    DBTaskResult.objects.update(worker_ids=["host:1:x"] * (MOST_ATTEMPTS - 1))

    run_tasks()

    assert DBTaskResult.objects.get().status == "FAILED"


def test_pause_after_many_attempts_is_the_longest():
    assert pause_after(100) == LONGEST_PAUSE


@pytest.mark.parametrize(
    ("host", "pid", "age", "is_released"),
    [
        (socket.gethostname()[:40], 2**22 + 1, dt.timedelta(0), True),
        (socket.gethostname()[:40], os.getppid(), 2 * LONGEST_RUN, False),
        (socket.gethostname()[:40], os.getpid(), dt.timedelta(0), True),
        ("another", 1, dt.timedelta(0), False),
        ("another", 1, 2 * LONGEST_RUN, True),
    ],
    ids=["dead", "alive", "same pid before", "another host", "another host, long ago"],
)
def test_release_abandoned_runs_again_what_dead_worker_left(
    host, pid, age, is_released
):
    note.enqueue("works")
    now = timezone.now()
    DBTaskResult.objects.update(
        status="RUNNING", started_at=now - age, worker_ids=[f"{host}:{pid}:abc"]
    )

    assert release_abandoned(own_id=Worker().worker_id, at=now) == is_released

    run_tasks()
    assert calls == ["works"] * is_released


def test_release_abandoned_leaves_what_the_worker_itself_runs():
    note.enqueue("works")
    own_id = Worker().worker_id
    now = timezone.now()
    DBTaskResult.objects.update(
        status="RUNNING", started_at=now - 2 * LONGEST_RUN, worker_ids=[own_id]
    )

    assert release_abandoned(own_id=own_id, at=now) == 0


def test_work_goes_on_after_database_was_away(monkeypatch, caplog):
    own = Worker()
    answers = [OperationalError("the connection is closed"), 0]

    def enqueue(**_kwargs):
        answer = answers.pop(0)
        own.running = bool(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(worker, "IDLE_S", 0)
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)
    monkeypatch.setattr(worker, "enqueue_due", enqueue)

    worker.work(own)

    assert answers == []
    assert "the database does not answer" in caplog.text


def test_enqueue_due_enqueues_each_entry_once_until_it_is_due_again(monkeypatch):
    monkeypatch.setattr(schedule, "SCHEDULE", [Entry(note_time)])
    now = timezone.now()

    assert [enqueue_due(at=now), enqueue_due(at=now)] == [1, 0]
    run_tasks()
    assert enqueue_due(at=now + dt.timedelta(seconds=59)) == 0
    assert enqueue_due(at=now + dt.timedelta(seconds=60)) == 1


def test_enqueue_due_skips_entry_that_still_waits(monkeypatch):
    monkeypatch.setattr(schedule, "SCHEDULE", [Entry(note_time)])
    now = timezone.now()
    enqueue_due(at=now)

    assert enqueue_due(at=now + dt.timedelta(minutes=2)) == 0


def test_enqueue_due_skips_entry_that_is_not_needed(monkeypatch):
    entry = Entry(note_time, is_needed=lambda: False)
    monkeypatch.setattr(schedule, "SCHEDULE", [entry])

    assert enqueue_due(at=timezone.now()) == 0
    assert not ScheduledTask.objects.exists()


def test_enqueue_due_runs_daily_entry_at_its_hour_in_vietnam(monkeypatch):
    monkeypatch.setattr(schedule, "SCHEDULE", [Entry(note_time, hour=7)])
    evening = dt.datetime.fromisoformat("2026-11-30T23:58:00+07:00")

    assert enqueue_due(at=evening) == 0
    assert ScheduledTask.objects.get().due_at == dt.datetime.fromisoformat(
        "2026-12-01T07:00:00+07:00"
    )
    assert enqueue_due(at=evening + dt.timedelta(hours=7, minutes=2)) == 1


def test_every_needed_task_of_schedule_runs():
    needed = [entry.task for entry in SCHEDULE if entry.is_needed()]
    for one in needed:
        one.enqueue()

    run_tasks()

    assert {row.task_name: row.status for row in DBTaskResult.objects.all()} == {
        one.name: "SUCCESSFUL" for one in needed
    }


# --- What is reported ----------------------------------------------------------------


@pytest.fixture
def manager_client(client, db):
    manager = make_user("manager")
    manager.groups.add(grant_manager_permissions())
    client.force_login(manager)
    return client


def test_readyz_reports_missing_worker_and_failing_tasks(client):
    def get_state():
        return client.get("/readyz").json()["tasks"]

    assert get_state() == "no worker: run manage.py work"
    enqueue_due(at=timezone.now())
    assert get_state() == "ok"
    note.enqueue("fails")
    run_tasks()
    assert get_state() == "1 failing, see /office/tasks/"
    ScheduledTask.objects.update(due_at=timezone.now() - 2 * STANDS_STILL_AFTER)
    assert get_state().startswith("no worker since ")


def test_office_lists_failing_task_and_tries_it_again(manager_client):
    note.enqueue("fails")
    run_tasks()

    page = manager_client.get("/office/tasks/").content.decode()
    assert "ValueError: no" in page
    row = DBTaskResult.objects.get(task_path__endswith="note")
    manager_client.post(f"/office/tasks/{row.pk}/again/")
    run_tasks()

    assert calls == ["fails", "fails"]


def test_office_lists_refused_letter_and_sends_it_again(manager_client, mailoutbox):
    letter = Letter.objects.create(
        thread="QN-1",
        recipient="hannah@example.com",
        subject="Chào",
        refusal="SMTPRecipientsRefused: full",
    )

    page = manager_client.get("/office/tasks/").content.decode()
    assert "hannah@example.com" in page
    assert "SMTPRecipientsRefused: full" in page
    manager_client.post(f"/office/letters/{letter.pk}/again/")

    assert [sent.subject for sent in mailoutbox] == ["Chào"]


@pytest.mark.parametrize("path", ["", "00000000-0000-0000-0000-000000000000/again/"])
def test_office_tasks_are_refused_to_keeper(client, keeper, path):
    client.force_login(keeper)

    assert client.get(f"/office/tasks/{path}").status_code == 403
