"""Have the invoices issued that wait for it."""

import datetime as dt
import logging
from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils import timezone

from marketplace.accounting.models import Invoice
from marketplace.accounting.providers import NotIssued, provider_at
from marketplace.accounting.queries.invoices import (
    DOCUMENT,
    content_of,
    due,
    series_on,
    without_invoice,
)

logger = logging.getLogger(__name__)

AT_WORK = dt.timedelta(minutes=10)
"""How long whoever took an invoice has it alone; it may have died meanwhile."""
LONGEST_WAIT = dt.timedelta(hours=1)


@dataclass
class Done:
    issued: int = 0
    failed: int = 0


def issue_invoices(*, at: dt.datetime) -> Done:
    """Ask the provider for each invoice that is due, outside of any transaction.

    What was sold or taken back says by itself that it needs one. What fails keeps its
    number and content and is tried again: after a minute, then two, then four, up to
    an hour.
    """
    issue = provider_at(settings.INVOICE_URL)
    done = Done()
    queue(at=at)
    while invoice := take(at=at):
        if not invoice.content:
            continue
        try:
            reference = issue(invoice.content)
        except (NotIssued, OSError) as refusal:
            logger.warning("invoice %s was not issued: %s", invoice, refusal)
            fail(invoice=invoice, why=str(refusal), at=at)
            done.failed += 1
        else:
            close(invoice=invoice, reference=reference, at=at)
            done.issued += 1
    return done


def queue(*, at: dt.datetime) -> None:
    """Write an invoice for all that has none, once, whoever else does so now."""
    for rows in without_invoice():
        new = [Invoice(**of, queued_at=at, try_after=at) for of in rows]
        Invoice.objects.bulk_create(new, batch_size=500, ignore_conflicts=True)


def take(*, at: dt.datetime) -> Invoice | None:
    """The next invoice that is due, with its number and content; nobody else has it."""
    while True:
        try:
            with transaction.atomic():
                rows = due(at=at).select_for_update(skip_locked=True, of=("self",))
                invoice = rows.select_related(*DOCUMENT).first()
                if invoice is None:
                    return None
                if not invoice.number:
                    give_number(invoice, on=timezone.localdate(at))
                invoice.try_after = at + AT_WORK
                invoice.save()
                return invoice
        except IntegrityError:  # another took the same number at this moment
            continue


def give_number(invoice: Invoice, *, on: dt.date) -> None:
    """The next number of the series; none if there is nothing to put on it."""
    series = series_on(on)
    mine = Invoice.objects.filter(series=series)
    number = (mine.aggregate(last=Max("number"))["last"] or 0) + 1
    content = content_of(invoice, series=series, number=number, on=on)
    if content:
        invoice.series, invoice.number, invoice.content = series, number, content
    else:
        invoice.state = Invoice.State.NEEDLESS


def fail(*, invoice: Invoice, why: str, at: dt.datetime) -> None:
    wait = min(dt.timedelta(minutes=2 ** min(invoice.tries, 10)), LONGEST_WAIT)
    waiting = Invoice.objects.filter(pk=invoice.pk, state=Invoice.State.WAITING)
    waiting.update(tries=F("tries") + 1, why=why[:200], try_after=at + wait)


def close(*, invoice: Invoice, reference: str, at: dt.datetime) -> None:
    Invoice.objects.filter(pk=invoice.pk).update(
        state=Invoice.State.ISSUED, reference=reference, issued_at=at, why=""
    )


def try_again(*, invoice: Invoice, at: dt.datetime) -> None:
    """Let it be tried at the next turn, however long it would have waited."""
    waiting = Invoice.objects.filter(pk=invoice.pk, state=Invoice.State.WAITING)
    waiting.update(try_after=at)
