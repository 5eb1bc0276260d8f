"""Whether the worker works, and what it could not do."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet
from django_tasks_db.models import DBTaskResult

from marketplace.tasks.models import ScheduledTask
from marketplace.tasks.schedule import end_unpaid_orders
from stores.models import Letter

STANDS_STILL_AFTER = dt.timedelta(minutes=5)
"""The schedule enqueues something every minute."""


@dataclass(frozen=True)
class WorkState:
    """`next_at` is when the schedule is due; None if no worker was ever started.

    `failing` are tasks that will be tried again and those that were given up.
    """

    next_at: dt.datetime | None
    stands_still: bool
    failing: QuerySet[DBTaskResult]
    refused_letters: QuerySet[Letter]

    @property
    def summary(self) -> str:
        """In words, for whoever watches the shop."""
        if self.stands_still:
            since = f" since {self.next_at:%Y-%m-%d %H:%M} UTC" if self.next_at else ""
            return f"no worker{since}: run manage.py work"
        failing = self.failing.count() + self.refused_letters.count()
        return f"{failing} failing, see /office/tasks/" if failing else "ok"


def get_work_state(*, at: dt.datetime) -> WorkState:
    row = ScheduledTask.objects.filter(pk=end_unpaid_orders.name).first()
    return WorkState(
        next_at=row.due_at if row else None,
        stands_still=row is None or row.due_at < at - STANDS_STILL_AFTER,
        failing=DBTaskResult.objects.exclude(exception_class_path="")
        .exclude(status="SUCCESSFUL")
        .order_by("-enqueued_at"),
        refused_letters=Letter.objects.refused(),
    )
