"""Running what `manage.py work` runs."""

import datetime as dt
from unittest import mock

from django_tasks_db.management.commands import db_worker

from marketplace.orders.operations.lapse import release_all_uncollected
from marketplace.payments.operations.maintenance import (
    lapse_payments_of_ended_orders,
    reconcile_and_lapse,
)
from marketplace.payments.operations.refund import process_due_refunds
from marketplace.tasks.worker import Worker


def run_tasks() -> None:
    """Run every task that is ready; the test's transaction stays open."""
    worker = Worker()
    with mock.patch.object(db_worker, "close_old_connections"):
        while worker.run_round():
            pass


def run_maintenance(*, at: dt.datetime) -> None:
    """What the schedule does every minute about orders and their money."""
    reconcile_and_lapse(at=at)
    release_all_uncollected(at=at)
    lapse_payments_of_ended_orders(at=at)
    process_due_refunds(at=at)
