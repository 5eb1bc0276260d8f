"""Trying again what failed, when a manager says so."""

import datetime as dt

from django.db import transaction
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from stores.mail import send_letters
from stores.models import Letter


def retry_task(*, row: DBTaskResult, at: dt.datetime) -> None:
    """Have a task that failed or waits for its next attempt run now."""
    DBTaskResult.objects.filter(
        pk=row.pk, status__in=[TaskResultStatus.FAILED, TaskResultStatus.READY]
    ).update(status=TaskResultStatus.READY, run_after=at, finished_at=None)


@transaction.atomic
def retry_letter(*, letter: Letter) -> None:
    """Send a letter that was refused once more, to the address that it has now."""
    if Letter.objects.refused().filter(pk=letter.pk).update(refusal=""):
        send_letters.enqueue(thread=letter.thread)
