"""The office: bank transfers, matching them to orders, uploading statements."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from catalogue.refusals import Refusal, add_refusal, refusals_as_messages
from marketplace.payments.bank.statement import StatementLine, parse_statement
from marketplace.payments.forms import DismissForm, MatchForm, StatementForm
from marketplace.payments.models import BANK_CODES, Code, PaymentEvent
from marketplace.payments.operations.record_bank_credit import (
    dismiss_transfer,
    match_transfer,
    record_bank_credit,
)
from marketplace.payments.queries import (
    transfers,
    transfers_to_match,
    uneven_transfer_payments,
    unpaid_orders_by_amount,
)
from marketplace.payments.views.office import PAGE, for_managers
from stores.middleware import AuthenticatedShopRequest

if TYPE_CHECKING:
    from django.contrib.auth.models import _User


@for_managers
@require_safe
def all_transfers(request: AuthenticatedShopRequest) -> HttpResponse:
    """What waits for somebody first, then every transfer, newest first."""
    return transfers_page(request)


def transfers_page(
    request: AuthenticatedShopRequest,
    *,
    refused: tuple[PaymentEvent, MatchForm | DismissForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    code = request.GET.get("case", "")
    code = code if code in BANK_CODES else ""
    unmatched = transfers_to_match()
    events = list(unmatched[:PAGE])
    if refused and refused[0] not in events:
        events.insert(0, refused[0])
    context = {
        "unmatched": [
            (event, refused[1] if refused and refused[0] == event else None)
            for event in events
        ],
        "more": max(0, unmatched.count() - PAGE),
        "candidates": unpaid_orders_by_amount(event.amount_vnd for event in events),
        "uneven": uneven_transfer_payments()[:PAGE],
        "page": Paginator(transfers(code), PAGE).get_page(request.GET.get("page")),
        "case": code,
        "cases": [(one.value, one.label) for one in BANK_CODES],
    }
    return render(request, "office/transfers.html", context, status=status)


@for_managers
@require_POST
def match(request: AuthenticatedShopRequest, pk: int) -> HttpResponse:
    """Match a transfer to an order."""
    event = get_event_or_404(pk)
    form = MatchForm(request.POST)
    if not form.is_valid():
        return transfers_page(request, refused=(event, form), status=422)
    response = redirect("office-transfers")
    with refusals_as_messages(request):
        applied = match_transfer(
            event=event, **form.cleaned_data, actor=request.user, at=timezone.now()
        )
        messages.success(request, _("Written down: the money is for this order."))
        response = redirect("office-payment", applied.payment_id)
    return response


@for_managers
@require_POST
def dismiss(request: AuthenticatedShopRequest, pk: int) -> HttpResponse:
    """Record that a transfer pays no order."""
    event = get_event_or_404(pk)
    form = DismissForm(request.POST)
    if not form.is_valid():
        return transfers_page(request, refused=(event, form), status=422)
    with refusals_as_messages(request):
        dismiss_transfer(
            event=event, **form.cleaned_data, actor=request.user, at=timezone.now()
        )
        messages.success(request, _("Written down: it pays no order."))
    return redirect("office-transfers")


def get_event_or_404(pk: int) -> PaymentEvent:
    return get_object_or_404(
        PaymentEvent.objects.select_related("payment__order"),
        pk=pk,
        source=PaymentEvent.Source.BANK,
        outcome=PaymentEvent.Outcome.NEEDS_REVIEW,
    )


STATUS_LABELS = {
    "matched": gettext_lazy("matched: paid"),
    "known": gettext_lazy("known already"),
    "waits": gettext_lazy("to be looked at"),
    "unreadable": gettext_lazy("unreadable"),
}


@dataclass(frozen=True)
class LineResult:
    """A line of an uploaded statement, and what became of it."""

    line: StatementLine
    event: PaymentEvent | None = None
    is_new: bool = False

    @property
    def status(self) -> str:
        """`unreadable`, `known`, `matched` or `waits`."""
        if self.event is None:
            return "unreadable"
        if not self.is_new or self.event.code == Code.DUPLICATE:
            return "known"
        return "matched" if self.event.code == Code.EXACT else "waits"

    @property
    def status_display(self) -> str:
        if self.event and self.status == "waits":
            return self.event.explanation
        return str(STATUS_LABELS[self.status])

    @property
    def payment_state(self) -> str:
        """The state of a payment that is coloured alike, or nothing."""
        return {"matched": "paid", "known": ""}.get(self.status, "failed")


@for_managers
@require_http_methods(["GET", "HEAD", "POST"])
def statement(request: AuthenticatedShopRequest) -> HttpResponse:
    """Record a statement line by line, and report what became of each.

    Lines that cannot be read do not hold the others up; the file may be uploaded again.
    """
    if request.method != "POST":
        return statement_page(request, StatementForm())
    form = StatementForm(request.POST, request.FILES)
    if not form.is_valid():
        return statement_page(request, form, status=422)
    file = form.cleaned_data["file"]
    try:
        lines = parse_statement(file.read())
    except Refusal as refusal:
        add_refusal(form, refusal)
        return statement_page(request, form, status=refusal.status)
    results = [record_line(line, request.user) for line in lines]
    name = file.name or ""
    return statement_page(request, StatementForm(), results=results, name=name)


def record_line(line: StatementLine, actor: "_User") -> LineResult:
    if line.credit is None:
        return LineResult(line)
    recorded = record_bank_credit(credit=line.credit, actor=actor, at=timezone.now())
    return LineResult(line, event=recorded.event, is_new=recorded.is_new)


def statement_page(
    request: AuthenticatedShopRequest,
    form: StatementForm,
    *,
    results: list[LineResult] | None = None,
    name: str = "",
    status: int = 200,
) -> HttpResponse:
    statuses = [result.status for result in results or []]
    context = {
        "form": form,
        "results": results,
        "name": name,
        "sums": [
            (statuses.count(status), label, status in ("waits", "unreadable"))
            for status, label in STATUS_LABELS.items()
        ],
        "waiting": "waits" in statuses,
    }
    return render(request, "office/statement.html", context, status=status)
