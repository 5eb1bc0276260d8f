"""Letters: written with their cause, sent by a task; and those to keepers."""

import base64
import datetime as dt
import logging
import smtplib
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.encoders import encode_base64
from email.mime.base import MIMEBase
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import DatabaseError
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django_tasks import task

from stores.models import Letter, SalesPoint
from stores.queries.low import low_goods

if TYPE_CHECKING:
    from django.contrib.auth.models import _User  # of AUTH_USER_MODEL

logger = logging.getLogger(__name__)


PERMANENT = 500
"""From this SMTP code on, a refusal is for good."""

MOST_GOODS = 40
"""Goods named in one letter; the page it leads to has all."""


LEASE = dt.timedelta(seconds=60)
"""Longer than a letter takes to be sent; after it, another process may send it."""


class StillSending(Exception):
    """Another process is sending a letter of this thread; the task is tried again."""


@dataclass(frozen=True)
class Content:
    """What a letter says; of each attachment: file name, content type, base64."""

    subject: str
    text: str
    html: str = ""
    attachments: list[tuple[str, str, str]] = field(default_factory=list)

    def attach(self, name: str, content_type: str, content: bytes) -> None:
        """Add a file; the HTML shows a picture by `cid:` and its name."""
        text = base64.b64encode(content).decode("ascii")
        self.attachments.append((name, content_type, text))


def render_content(templates: str, context: Mapping[str, object]) -> Content:
    """The content of `templates` + subject.txt and body.txt, in the active language.

    As HTML it is body.html, or the text in the frame of all letters.
    """
    subject = " ".join(render_to_string(f"{templates}subject.txt", context).split())
    text = render_to_string(f"{templates}body.txt", context)
    names = [f"{templates}body.html", "mail/base.html"]
    html = render_to_string(names, {**context, "subject": subject, "text": text})
    return Content(subject, text, html)


def queue_letter(
    compose: Callable[..., Content],
    *,
    to: str,
    thread: str,
    key: str = "",
    **params: object,
) -> None:
    """Have a letter sent by `manage.py work` once the transaction is committed.

    `compose(**params)` makes its content then; params are JSON. A letter of the same
    `key` is queued once.
    """
    letter = Letter(
        key=key or str(uuid.uuid4()),
        thread=thread,
        recipient=to,
        compose=f"{compose.__module__}.{compose.__qualname__}",
        params=params,
    )
    Letter.objects.bulk_create([letter], ignore_conflicts=True)
    send_letters.enqueue(thread=thread)


@task()
def send_letters(*, thread: str) -> int:
    """Send what waits in a thread, in order; returns how many letters were sent.

    What can never be sent, for instance to an address that is none, is noted with its
    reason and does not stop the next. Raises OSError while the mail server cannot be
    reached, and StillSending.
    """
    number = 0
    for letter in Letter.objects.waiting().filter(thread=thread):
        number += send_claimed(letter)
    return number


def send_claimed(letter: Letter) -> bool:
    """Send a letter that no other process is sending; returns whether it was sent."""
    now = timezone.now()
    row = Letter.objects.filter(pk=letter.pk)
    is_free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    if not row.waiting().filter(is_free).update(claimed_until=now + LEASE):
        if row.waiting().exists():
            raise StillSending(letter.thread)
        return False
    try:
        if not letter.subject:
            content = compose(letter)
            vars(letter).update(vars(content))
            letter.save(update_fields=[*vars(content)])
        build_message(letter).send()
    except Exception as error:
        if is_temporary(error):
            row.update(claimed_until=None)
            raise
        logger.exception("the letter %s cannot be sent", letter)
        row.update(refusal=f"{type(error).__name__}: {error}"[:500], claimed_until=None)
        return False
    row.update(sent_at=timezone.now(), claimed_until=None)
    return True


def compose(letter: Letter) -> Content:
    """What the letter says, or would say if it were sent now."""
    if letter.subject:
        return Content(letter.subject, letter.text, letter.html, letter.attachments)
    content: Content = import_string(letter.compose)(**letter.params)
    return content


def is_temporary(error: Exception) -> bool:
    """Whether trying again may help: the server is away, or too busy now."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return any(code < PERMANENT for code, _text in error.recipients.values())
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code < PERMANENT
    return isinstance(error, (OSError, DatabaseError))


def build_message(letter: Letter) -> EmailMultiAlternatives:
    """The e-mail; its Message-ID is the same however often it is sent."""
    host = urlsplit(settings.BASE_URL).hostname
    message = EmailMultiAlternatives(
        letter.subject,
        letter.text,
        None,
        [letter.recipient],
        headers={"Message-ID": f"<letter-{letter.pk}@{host}>"},
    )
    if letter.html:
        message.attach_alternative(letter.html, "text/html")
    for name, content_type, content in letter.attachments:
        message.attach(build_attachment(name, content_type, base64.b64decode(content)))
    return message


def build_attachment(name: str, content_type: str, content: bytes) -> MIMEBase:
    """An attachment; a picture is shown where the HTML names it."""
    main, sub = content_type.split("/")
    attachment = MIMEBase(main, sub)
    attachment.set_payload(content)
    encode_base64(attachment)
    attachment["Content-Disposition"] = (
        f'{"inline" if main == "image" else "attachment"}; filename="{name}"'
    )
    attachment["Content-ID"] = f"<{name}>"
    return attachment


# --- To keepers ----------------------------------------------------------------------


def notify_keepers(*, point: SalesPoint, on: dt.date) -> bool:
    """Write to each keeper of a point what runs low; returns whether there was one."""
    keepers = point.keepers.filter(is_active=True).exclude(email="")
    for keeper in keepers.order_by("pk"):
        queue_letter(
            compose_low_stock,
            to=keeper.email,
            thread=f"low-{keeper.pk}",
            key=f"low-{point.pk}-{keeper.pk}-{on}",
            point_id=point.pk,
            keeper_id=keeper.pk,
        )
    return bool(keepers)


def compose_low_stock(*, point_id: int, keeper_id: int) -> Content:
    """The letter on what runs low at a point, in its keeper's language."""
    point = SalesPoint.objects.get(pk=point_id)
    keeper = point.keepers.select_related("wagtail_userprofile").get(pk=keeper_id)
    goods = low_goods(point, at=timezone.now())
    with translation.override(preferred_language(keeper)):
        context = {
            "point": point,
            "goods": goods[:MOST_GOODS],
            "number": len(goods),
            "others": len(goods) - MOST_GOODS,
            "address": settings.BASE_URL + reverse("desk-low", args=[point.slug]),
        }
        return render_content("stores/mail/low_", context)


def preferred_language(person: "_User") -> str:
    """The language that a person chose in the editor; else Vietnamese."""
    profile = getattr(person, "wagtail_userprofile", None)
    chosen = profile.preferred_language if profile else ""
    return chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
