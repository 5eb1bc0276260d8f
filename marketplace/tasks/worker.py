"""The worker: runs what is enqueued, tries again what failed."""

import datetime as dt
import logging
import os
import secrets
import socket
import time

from django.db import OperationalError, close_old_connections
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.management.commands import db_worker
from django_tasks_db.models import DBTaskResult

from marketplace.tasks.schedule import enqueue_due

logger = logging.getLogger(__name__)

FIRST_PAUSE = dt.timedelta(seconds=5)
LONGEST_PAUSE = dt.timedelta(minutes=10)
MOST_ATTEMPTS = 200
"""More than a day of attempts; then a manager decides."""

LONGEST_RUN = dt.timedelta(minutes=15)
"""A task that runs longer was left by a worker on another machine that died."""

IDLE_S = 1
"""The pause after nothing was ready."""

ROUND = 50
"""Tasks between two looks at the schedule."""


class Worker(db_worker.Worker):
    """The worker of django-tasks-db, with other attempts after a failure.

    Its id tells host and process, so that the next one on this host knows whether it
    still lives.
    """

    def __init__(self) -> None:
        super().__init__(
            queue_names=["*"],
            interval=0,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=ROUND,
            worker_id=f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}",
            excluded_queue_names=[],
        )

    def run_round(self) -> int:
        """Run what is ready, at most ROUND tasks; returns how many were run."""
        self._run_tasks = 0
        if DBTaskResult.objects.ready().exists():  # to look locks nothing
            self.run()
        return self._run_tasks

    def run_task(self, db_task_result: DBTaskResult) -> None:
        super().run_task(db_task_result)
        row = DBTaskResult.objects.filter(pk=db_task_result.pk)
        attempts = len(db_task_result.worker_ids)
        if attempts < MOST_ATTEMPTS:
            row.failed().update(
                status=TaskResultStatus.READY,
                run_after=timezone.now() + pause_after(attempts),
                finished_at=None,
            )


def pause_after(attempts: int) -> dt.timedelta:
    """How long to wait after so many attempts: five seconds, then twice as long."""
    return min(FIRST_PAUSE * 2 ** min(attempts - 1, 20), LONGEST_PAUSE)


def release_abandoned(*, own_id: str, at: dt.datetime) -> int:
    """Have run again what a dead worker left; returns how many.

    `own_id` is the id of the worker that looks.
    """
    number = 0
    for row in DBTaskResult.objects.running():
        if is_abandoned(row, own_id, at):
            number += (
                DBTaskResult.objects.running()
                .filter(pk=row.pk, started_at=row.started_at)
                .update(status=TaskResultStatus.READY, run_after=at)
            )
    return number


def is_abandoned(row: DBTaskResult, own_id: str, at: dt.datetime) -> bool:
    """Whether its worker is dead; in a container the next has the same host and pid."""
    host, pid, _token = row.worker_ids[-1].rsplit(":", 2)
    if host != socket.gethostname()[:40]:
        return row.started_at < at - LONGEST_RUN
    if int(pid) == os.getpid():
        return row.worker_ids[-1] != own_id
    return not is_alive(int(pid))


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def work(worker: Worker) -> None:
    """Run the schedule and every task until the worker is stopped.

    A database that is away for a while does not end it.
    """
    while worker.running:
        close_old_connections()
        try:
            number = work_once(worker)
        except OperationalError:
            logger.exception("the database does not answer")
            number = 0
        if not number and worker.running:
            time.sleep(IDLE_S)


def work_once(worker: Worker) -> int:
    """Look at the schedule, and run what is ready; returns how many tasks were run."""
    now = timezone.now()
    release_abandoned(own_id=worker.worker_id, at=now)
    enqueue_due(at=now)
    return worker.run_round()
