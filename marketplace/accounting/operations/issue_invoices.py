"""Queue electronic invoices and have their provider issue them."""

import datetime as dt
import logging
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils import timezone

from marketplace.accounting.models import Invoice
from marketplace.accounting.providers import NotIssued, get_provider
from marketplace.accounting.queries.invoices import (
    due_invoices,
    get_invoice_series,
    make_invoice_content,
    without_invoice,
)

logger = logging.getLogger(__name__)

CLAIM_DURATION = dt.timedelta(minutes=10)
"""How long a process has an invoice to itself; it may have died meanwhile."""

MAX_RETRY_DELAY = dt.timedelta(hours=1)


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
    result = IssueResult()
    queue_invoices(at=at)
    while invoice := claim_next(at=at):
        try:
            reference = issue(invoice.content)
        except (NotIssued, OSError) as refusal:
            logger.warning("invoice %s was not issued: %s", invoice, refusal)
            mark_failed(invoice=invoice, why=str(refusal), at=at)
            result.failed += 1
        else:
            mark_issued(invoice=invoice, reference=reference, at=at)
            result.issued += 1
    return result


def queue_invoices(*, at: dt.datetime) -> None:
    """Create an invoice for whatever has none, once, also when two processes do so."""
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
    """The next due invoice, with its number and content, claimed for this process."""
    while True:
        try:
            with transaction.atomic():
                rows = due_invoices(at=at).select_for_update(
                    skip_locked=True, of=("self",)
                )
                invoice = rows.select_related("adjusts").first()
                if invoice is None:
                    return None
                if not invoice.number:
                    assign_number(invoice, on=timezone.localdate(at))
                invoice.try_after = at + CLAIM_DURATION
                invoice.save()
                return invoice
        except IntegrityError:  # another took the same number at this moment
            continue


def assign_number(invoice: Invoice, *, on: dt.date) -> None:
    """Set the next number of the series and the content, which stay as they are."""
    invoice.series = get_invoice_series(on)
    numbered = Invoice.objects.filter(series=invoice.series)
    invoice.number = (numbered.aggregate(last=Max("number"))["last"] or 0) + 1
    invoice.content = make_invoice_content(
        invoice, series=invoice.series, number=invoice.number, on=on
    )


def mark_failed(*, invoice: Invoice, why: str, at: dt.datetime) -> None:
    wait = min(dt.timedelta(minutes=2 ** min(invoice.tries, 10)), MAX_RETRY_DELAY)
    waiting = Invoice.objects.filter(pk=invoice.pk, state=Invoice.State.WAITING)
    waiting.update(tries=F("tries") + 1, why=why[:200], try_after=at + wait)


def mark_issued(*, invoice: Invoice, reference: str, at: dt.datetime) -> None:
    Invoice.objects.filter(pk=invoice.pk).update(
        state=Invoice.State.ISSUED, provider_reference=reference, issued_at=at, why=""
    )


def retry_invoice(*, invoice: Invoice, at: dt.datetime) -> None:
    """Retry in the next run, without the delay."""
    waiting = Invoice.objects.filter(pk=invoice.pk, state=Invoice.State.WAITING)
    waiting.update(try_after=at)
