"""When each scheduled task is due."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ScheduledTask(models.Model):
    """When a task of the schedule is enqueued next."""

    name = models.CharField(max_length=60, primary_key=True)
    due_at = models.DateTimeField()

    class Meta:
        verbose_name = _("scheduled task")
        verbose_name_plural = _("scheduled tasks")
        permissions = [("manage_tasks", "Can see failing tasks and try them again")]

    def __str__(self) -> str:
        return f"{self.name}: {self.due_at}"
