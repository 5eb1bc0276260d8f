"""Have the invoices issued that wait for it."""

import datetime as dt
import logging
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils import timezone

from marketplace.accounting.models import Invoice
from marketplace.accounting.providers import NotIssued, get_provider
from marketplace.accounting.queries.invoices import (
    due,
    invoice_content,
    series_on,
    without_invoice,
)

logger = logging.getLogger(__name__)

AT_WORK = dt.timedelta(minutes=10)
"""How long whoever took an invoice has it alone; it may have died meanwhile."""
LONGEST_WAIT = dt.timedelta(hours=1)


@dataclass
class IssueResult:
    issued: int = 0
    failed: int = 0


def issue_invoices(*, at: dt.datetime) -> IssueResult:
    """Ask the provider for each invoice that is due, outside of any transaction.

    Whatever the journal has without an invoice gets one. What fails keeps its
    number and content and is tried again: after a minute, then two, then four, up to
    an hour.
    """
    issue = get_provider()
    done = IssueResult()
    queue_invoices(at=at)
    while invoice := claim_next(at=at):
        try:
            reference = issue(invoice.content)
        except (NotIssued, OSError) as refusal:
            logger.warning("invoice %s was not issued: %s", invoice, refusal)
            mark_failed(invoice=invoice, why=str(refusal), at=at)
            done.failed += 1
        else:
            mark_issued(invoice=invoice, reference=reference, at=at)
            done.issued += 1
    return done


def queue_invoices(*, at: dt.datetime) -> None:
    """Write an invoice for all that has none, once, whoever else does so now."""
    new = [
        Invoice(
            document=row["document"],
            reference=row["reference"],
            adjusts_id=row["adjusts"],
            queued_at=at,
            try_after=at,
        )
        for row in without_invoice()
    ]
    Invoice.objects.bulk_create(new, batch_size=500, ignore_conflicts=True)


def claim_next(*, at: dt.datetime) -> Invoice | None:
    """The next invoice that is due, with its number and content; nobody else has it."""
    while True:
        try:
            with transaction.atomic():
                rows = due(at=at).select_for_update(skip_locked=True, of=("self",))
                invoice = rows.select_related("adjusts").first()
                if invoice is None:
                    return None
                if not invoice.number:
                    assign_number(invoice, on=timezone.localdate(at))
                invoice.try_after = at + AT_WORK
                invoice.save()
                return invoice
        except IntegrityError:  # another took the same number at this moment
            continue


def assign_number(invoice: Invoice, *, on: dt.date) -> None:
    """The next number of the series, with what is on the invoice from then on."""
    invoice.series = series_on(on)
    numbered = Invoice.objects.filter(series=invoice.series)
    invoice.number = (numbered.aggregate(last=Max("number"))["last"] or 0) + 1
    invoice.content = invoice_content(
        invoice, series=invoice.series, number=invoice.number, on=on
    )


def mark_failed(*, invoice: Invoice, why: str, at: dt.datetime) -> None:
    wait = min(dt.timedelta(minutes=2 ** min(invoice.tries, 10)), LONGEST_WAIT)
    waiting = Invoice.objects.filter(pk=invoice.pk, state=Invoice.State.WAITING)
    waiting.update(tries=F("tries") + 1, why=why[:200], try_after=at + wait)


def mark_issued(*, invoice: Invoice, reference: str, at: dt.datetime) -> None:
    Invoice.objects.filter(pk=invoice.pk).update(
        state=Invoice.State.ISSUED, provider_reference=reference, issued_at=at, why=""
    )


def try_again(*, invoice: Invoice, at: dt.datetime) -> None:
    """Let it be tried at the next turn, however long it would have waited."""
    waiting = Invoice.objects.filter(pk=invoice.pk, state=Invoice.State.WAITING)
    waiting.update(try_after=at)
