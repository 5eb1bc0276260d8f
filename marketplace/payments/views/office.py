"""The office: payments and refunds."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from catalogue.refusals import (
    ChangedMeanwhile,
    Refusal,
    add_refusal,
    refusals_as_messages,
)
from catalogue.text import one_line
from marketplace.orders.models import Fulfilment
from marketplace.orders.order_links import order_token
from marketplace.payments.forms import ManualRefundForm, RefundForm
from marketplace.payments.models import (
    ON_RECEIPT,
    Payment,
    PaymentEvent,
    Refund,
)
from marketplace.payments.operations.collect import collect_payment
from marketplace.payments.operations.refund import (
    create_refund,
    execute_refund,
    record_manual_refund,
)
from marketplace.payments.providers import PROVIDERS
from marketplace.payments.queries import (
    events_to_review,
    open_disputes,
    open_refunds,
    refundable_vnd,
    refunds_due,
    transfers_to_match,
    units_refunded,
)
from stores.middleware import AuthenticatedShopRequest
from stores.models import DeskSale, SalesPoint
from stores.permissions import office_view

PAGE = 50
for_managers = office_view("payments.manage_money")


@for_managers
@require_safe
def payments(request: AuthenticatedShopRequest) -> HttpResponse:
    """What waits for somebody first, then every payment, newest first."""
    state = request.GET.get("state", "")
    rows = Payment.objects.select_related("order").order_by("-pk")
    if state in Payment.State.values:
        rows = rows.filter(state=state)
    number = one_line(request.GET.get("q", ""))[:20]
    if number:
        rows = rows.filter(order__number__iexact=number)
    to_review = events_to_review().exclude(source=PaymentEvent.Source.BANK)
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "state": state,
        "number": number,
        "states": Payment.State.choices,
        "to_review": to_review[:PAGE],
        "unmatched": transfers_to_match().count(),
        "open_refunds": open_refunds()[:PAGE],
        "dues": refunds_due().filter(refunds=None)[:PAGE],
        "disputes": open_disputes()[:PAGE],
    }
    return render(request, "office/payments.html", context)


@for_managers
@require_safe
def payment(request: AuthenticatedShopRequest, pk: int) -> HttpResponse:
    """One payment: its events, its refunds, and what can still be refunded."""
    payment = get_object_or_404(Payment.objects.select_related("order"), pk=pk)
    return payment_page(request, payment, RefundForm(payment=payment))


def payment_page(
    request: AuthenticatedShopRequest,
    payment: Payment,
    form: RefundForm,
    *,
    status: int = 200,
) -> HttpResponse:
    refunded = units_refunded(payment)
    context = {
        "payment": payment,
        "order_token": order_token(payment.order.number),
        "events": payment.events.select_related("actor", "point").order_by("-pk"),
        "refunds": payment.refunds.select_related("actor").order_by("-pk"),
        "disputes": payment.disputes.order_by("-pk"),
        "left_vnd": refundable_vnd(payment),
        "lines": [
            (line, line.quantity - refunded.get(line.pk, 0))
            for line in payment.order.lines.select_related("product").order_by("pk")
        ],
        "form": form,
        "by_hand": not PROVIDERS[payment.method].sends_refunds,
        "paid_by": DeskSale.PaidBy.choices,
        "points": SalesPoint.objects.order_by("pk"),
        "point_of_order": payment.order.fulfilments.order_by("pk")[0].point_id,
        "is_collectable": payment.state == Payment.State.PENDING
        and payment.method in ON_RECEIPT,
    }
    return render(request, "office/payment.html", context, status=status)


@for_managers
@require_POST
def refund(request: AuthenticatedShopRequest, pk: int) -> HttpResponse:
    """Refund an amount, or some goods of the order."""
    payment = get_object_or_404(Payment.objects.select_related("order"), pk=pk)
    form = RefundForm(request.POST, payment=payment)
    if not form.is_valid():
        return payment_page(request, payment, form, status=422)
    now = timezone.now()
    try:
        refund = create_refund(
            payment=payment,
            amount_vnd=form.cleaned_data["amount_vnd"] or 0,
            units=form.units(),
            reason=form.cleaned_data["reason"],
            key=f"office-{form.cleaned_data['key']}",
            actor=request.user,
            at=now,
        )
    except Refusal as refusal:
        add_refusal(form, refusal)
        if isinstance(refusal, ChangedMeanwhile):
            form.data = request.POST.dict() | {"key": str(uuid.uuid4())}
        return payment_page(request, payment, form, status=refusal.status)
    report_refund(request, execute_refund(refund=refund, at=now))
    return redirect("office-payment", pk)


def report_refund(request: AuthenticatedShopRequest, refund: Refund) -> None:
    if refund.state == Refund.State.DONE:
        messages.success(request, _("Paid back."))
    elif refund.state == Refund.State.SENT:
        messages.success(request, _("On its way back; Stripe tells when it is there."))
    elif refund.state == Refund.State.FAILED:
        message = refund.params.get("message", "")
        messages.error(request, _("It was refused: %s") % message)
    elif PROVIDERS[refund.payment.method].sends_refunds:
        messages.error(
            request,
            _("Stripe is not answering just now. We try again every minute."),
        )
    else:
        messages.success(
            request, _("Written down. Give the money back and say so here.")
        )


@for_managers
@require_POST
def refund_by_hand(request: AuthenticatedShopRequest, pk: int) -> HttpResponse:
    """Record a refund made by a person, how, and out of which till."""
    refund = get_object_or_404(Refund.objects.select_related("payment"), pk=pk)
    form = ManualRefundForm(request.POST)
    if not form.is_valid():
        errors = " ".join(str(error[0]) for error in form.errors.values())
        messages.error(request, errors)
        return redirect("office-payment", refund.payment_id)
    with refusals_as_messages(request):
        record_manual_refund(
            refund=refund,
            actor=request.user,
            paid_by=form.cleaned_data["paid_by"],
            point=form.cleaned_data["sales_point"],
            at=timezone.now(),
        )
        messages.success(request, _("Paid back."))
    return redirect("office-payment", refund.payment_id)


@for_managers
@require_POST
def refund_again(request: AuthenticatedShopRequest, pk: int) -> HttpResponse:
    """Execute a refund that stopped halfway, under the same key."""
    refund = get_object_or_404(Refund.objects.select_related("payment"), pk=pk)
    report_refund(request, execute_refund(refund=refund, at=timezone.now()))
    return redirect("office-payment", refund.payment_id)


@for_managers
@require_POST
def collected(request: AuthenticatedShopRequest, pk: int) -> HttpResponse:
    """The money of all fulfilments that were handed over has come to the shop."""
    payment = get_object_or_404(Payment, pk=pk)
    fulfilments = payment.order.fulfilments.filter(
        status__in=[Fulfilment.Status.HANDED_OVER, Fulfilment.Status.DELIVERED]
    )
    events = [
        collect_payment(
            fulfilment=fulfilment, actor=request.user, paid_by="", at=timezone.now()
        )
        for fulfilment in fulfilments.order_by("pk")
    ]
    if any(events):
        messages.success(request, _("Written down: the money is here."))
    else:
        messages.error(request, _("Nothing of this order has been handed over yet."))
    return redirect("office-payment", pk)
