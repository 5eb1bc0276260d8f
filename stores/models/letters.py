"""Letters that are to be sent, and those that were."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class LetterQuerySet(models.QuerySet["Letter"]):
    def waiting(self) -> "LetterQuerySet":
        """Neither sent nor refused, in the order in which they were queued."""
        return self.filter(sent_at=None, refusal="").order_by("pk")

    def refused(self) -> "LetterQuerySet":
        return self.filter(sent_at=None).exclude(refusal="").order_by("-pk")


class Letter(models.Model):
    """A letter, queued in the transaction that causes it and sent by a task.

    `thread` names what it is about, such as an order: letters of one thread are sent in
    the order in which they were queued. `key` tells it from all others: it is queued
    once, however often its cause is reported. The function at the dotted path `compose`
    makes its content of `params` when it is sent first; then it stays as it is.
    """

    key = models.CharField(max_length=80, unique=True, default=uuid.uuid4)
    thread = models.CharField(max_length=40)
    recipient = models.CharField(max_length=254)
    compose = models.CharField(max_length=120)
    params = models.JSONField(default=dict)
    subject = models.CharField(max_length=255, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    attachments = models.JSONField(default=list)
    """Of each: file name, content type, and content in base64."""
    queued_at = models.DateTimeField(auto_now_add=True)
    claimed_until = models.DateTimeField(null=True)
    """Until then the process that is sending it may take."""
    sent_at = models.DateTimeField(null=True)
    refusal = models.CharField(max_length=500, blank=True)
    """Why it cannot be sent at all, in the words of the mail server or of Python."""

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        indexes = [
            models.Index(
                fields=["thread"],
                name="letter_waiting",
                condition=models.Q(sent_at=None, refusal=""),
            ),
            models.Index(fields=["sent_at"], name="letter_sent"),
        ]

    def __str__(self) -> str:
        return f"{self.thread}: {self.subject or self.key}"
