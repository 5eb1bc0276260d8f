"""What is done by the clock, and how often."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult

from marketplace.accounting.operations.issue_invoices import issue_invoices
from marketplace.orders.operations.lapse import release_all_uncollected
from marketplace.payments.operations.maintenance import (
    lapse_payments_of_ended_orders,
    reconcile_and_lapse,
)
from marketplace.payments.operations.refund import process_due_refunds
from marketplace.tasks.models import ScheduledTask
from search import outbox
from stores.models import Letter
from stores.operations.low_stock import notify_low_stock

KEEP_LETTERS = dt.timedelta(days=90)
KEEP_RESULTS = dt.timedelta(days=7)


@task()
def end_unpaid_orders() -> None:
    """Ask the providers of unpaid orders, and end those whose time is over."""
    reconcile_and_lapse(at=timezone.now())


@task()
def put_back_uncollected() -> None:
    release_all_uncollected(at=timezone.now())


@task()
def close_payments() -> None:
    lapse_payments_of_ended_orders(at=timezone.now())


@task()
def send_refunds() -> None:
    process_due_refunds(at=timezone.now())


@task()
def send_invoices() -> None:
    issue_invoices(at=timezone.now())


@task()
def publish_pages() -> None:
    call_command("publish_scheduled")


@task()
def write_about_low_stock() -> None:
    notify_low_stock(at=timezone.now())


@task()
def check_ledger() -> None:
    call_command("check_ledger")


@task()
def update_search_index() -> None:
    outbox.deliver_or_rebuild()


@task()
def delete_old_results() -> None:
    """Letters that were sent, and results of tasks, are of use for a while."""
    now = timezone.now()
    Letter.objects.filter(sent_at__lt=now - KEEP_LETTERS).delete()
    DBTaskResult.objects.successful().filter(
        finished_at__lt=now - KEEP_RESULTS
    ).delete()


def has_search_changes() -> bool:
    return bool(settings.ELASTICSEARCH_URL) and outbox.has_work()


@dataclass(frozen=True)
class Entry:
    """A task and how often it is due: `every` so long, or daily at `hour` o'clock.

    It is passed over while `is_needed` is false.
    """

    task: Task[[], Any]
    every: dt.timedelta = dt.timedelta(minutes=1)
    hour: int | None = None
    is_needed: Callable[[], bool] = lambda: True

    def next_due(self, now: dt.datetime) -> dt.datetime:
        if self.hour is None:
            return now + self.every
        today = timezone.localtime(now).replace(
            hour=self.hour, minute=0, second=0, microsecond=0
        )
        return today if today > now else today + dt.timedelta(days=1)


SCHEDULE = [
    Entry(end_unpaid_orders),
    Entry(put_back_uncollected),
    Entry(close_payments),
    Entry(send_refunds),
    Entry(send_invoices),
    Entry(publish_pages),
    Entry(update_search_index, dt.timedelta(seconds=2), is_needed=has_search_changes),
    Entry(write_about_low_stock, hour=7),
    Entry(check_ledger, hour=2),
    Entry(delete_old_results, hour=3),
]


def enqueue_due(*, at: dt.datetime) -> int:
    """Enqueue what is due, unless it still waits from the last time; returns how many.

    Two workers enqueue it once.
    """
    due = dict(ScheduledTask.objects.values_list("name", "due_at"))
    number = 0
    for entry in SCHEDULE:
        name = entry.task.name
        is_due = name not in due or due[name] <= at
        if is_due and entry.is_needed():
            number += enqueue_entry(entry, at)
    return number


@transaction.atomic
def enqueue_entry(entry: Entry, at: dt.datetime) -> bool:
    """Enqueue an entry that is due and note its next time; a daily one waits for it."""
    name, next_due = entry.task.name, entry.next_due(at)
    row, is_new = ScheduledTask.objects.get_or_create(
        name=name, defaults={"due_at": next_due}
    )
    if is_new:
        if entry.hour is not None:
            return False
    elif not ScheduledTask.objects.filter(pk=name, due_at=row.due_at).update(
        due_at=next_due
    ):
        return False  # another worker was quicker
    unfinished = DBTaskResult.objects.filter(
        task_path=entry.task.module_path,
        status__in=[TaskResultStatus.READY, TaskResultStatus.RUNNING],
    )
    if unfinished.exists():
        return False
    entry.task.enqueue()
    return True
