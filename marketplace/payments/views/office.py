"""What managers see of money, and give back."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from catalogue.text import one_line
from marketplace.orders.models import Fulfilment, Line
from marketplace.orders.order_links import order_token
from marketplace.payments.forms import ByHandForm, RefundForm
from marketplace.payments.models import Payment, PaymentEvent, Refund
from marketplace.payments.operations.give_by_hand import NotInThatState, give_by_hand
from marketplace.payments.operations.intend import (
    MeantOtherwise,
    NothingToRefund,
    TooManyUnits,
    TooMuch,
    intend,
)
from marketplace.payments.operations.send import send
from marketplace.payments.operations.take_money import take_money
from marketplace.payments.queries import (
    dues,
    kept_events,
    open_disputes,
    refundable_vnd,
    refunds_waiting,
    transfers_unmatched,
    units_refunded,
)
from marketplace.templatetags.said import dong
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
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "state": state,
        "number": number,
        "states": Payment.State.choices,
        "kept": kept_events().exclude(source=PaymentEvent.Source.BANK)[:PAGE],
        "unmatched": transfers_unmatched().count(),
        "waiting": refunds_waiting()[:PAGE],
        "dues": dues().filter(refunds=None)[:PAGE],
        "disputes": open_disputes()[:PAGE],
    }
    return render(request, "office/payments.html", context)


@for_managers
@require_safe
def payment(request: AuthenticatedShopRequest, pk: int) -> HttpResponse:
    """One payment: its history, its refunds, and what can still go back."""
    shown = get_object_or_404(Payment.objects.select_related("order"), pk=pk)
    return payment_page(request, shown, RefundForm(payment=shown))


def payment_page(
    request: AuthenticatedShopRequest,
    shown: Payment,
    form: RefundForm,
    *,
    status: int = 200,
) -> HttpResponse:
    gone = units_refunded(shown)
    context = {
        "payment": shown,
        "order_token": order_token(shown.order.number),
        "events": shown.events.select_related("actor", "point").order_by("-pk"),
        "refunds": shown.refunds.select_related("actor").order_by("-pk"),
        "disputes": shown.disputes.order_by("-pk"),
        "left_vnd": refundable_vnd(shown),
        "lines": [
            (line, line.quantity - gone.get(line.pk, 0))
            for line in shown.order.lines.select_related("product").order_by("pk")
        ],
        "form": form,
        "by_hand": shown.delivery_method != Payment.Way.STRIPE,
        "paid_by": DeskSale.PaidBy.choices,
        "points": SalesPoint.objects.order_by("pk"),
        "point_of_order": shown.order.fulfilments.order_by("pk")[0].point_id,
        "comes": shown.state == Payment.State.ASKED
        and shown.delivery_method in (Payment.Way.POINT, Payment.Way.COD),
    }
    return render(request, "office/payment.html", context, status=status)


@for_managers
@require_POST
def refund(request: AuthenticatedShopRequest, pk: int) -> HttpResponse:
    """Give back an amount, or some goods of the order."""
    shown = get_object_or_404(Payment.objects.select_related("order"), pk=pk)
    form = RefundForm(request.POST, payment=shown)
    if not form.is_valid():
        return payment_page(request, shown, form, status=422)
    now = timezone.now()
    try:
        made = intend(
            payment=shown,
            amount_vnd=form.cleaned_data["amount_vnd"] or 0,
            units=form.units(),
            reason=form.cleaned_data["reason"],
            key=f"office-{form.cleaned_data['key']}",
            actor=request.user,
            at=now,
        )
    except MeantOtherwise as refusal:
        form.add_error(
            None,
            _(
                "This form was used already, for a refund of %s. If this is another"
                " one, check it and press again."
            )
            % dong(refusal.refund.amount_vnd),
        )
        form.data = request.POST.dict() | {"key": str(uuid.uuid4())}
        return payment_page(request, shown, form, status=409)
    except NothingToRefund:
        form.add_error("amount_vnd", _("Write an amount, or choose goods."))
        return payment_page(request, shown, form, status=422)
    except TooMuch as refusal:
        form.add_error(
            "amount_vnd", _("At most %s can be refunded.") % dong(refusal.left_vnd)
        )
        return payment_page(request, shown, form, status=409)
    except TooManyUnits as refusal:
        form.add_error(None, too_many(refusal.line, refusal.left))
        return payment_page(request, shown, form, status=409)
    say(request, send(refund=made, at=now))
    return redirect("office-payment", pk)


def too_many(line: Line, left: int) -> str:
    return _("Of %(name)s only %(left)d are left to be paid back.") % {
        "name": line.product.name if line.product else line.title,
        "left": left,
    }


def say(request: AuthenticatedShopRequest, made: Refund) -> None:
    """What became of a refund, in the manager's words."""
    if made.state == Refund.State.DONE:
        messages.success(request, _("Paid back."))
    elif made.state == Refund.State.SENT:
        messages.success(request, _("On its way back; Stripe tells when it is there."))
    elif made.state == Refund.State.FAILED:
        messages.error(request, _("It was refused: %s") % made.why)
    elif made.payment.way == Payment.Way.STRIPE:
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
    """The money was given back by a person, who says how, and out of which till."""
    made = get_object_or_404(Refund.objects.select_related("payment"), pk=pk)
    form = ByHandForm(request.POST)
    if not form.is_valid():
        why = " ".join(str(said[0]) for said in form.errors.values())
        messages.error(request, why)
        return redirect("office-payment", made.payment_id)
    try:
        give_by_hand(
            refund=made,
            actor=request.user,
            paid_by=form.cleaned_data["paid_by"],
            point=form.cleaned_data["sales_point"],
            at=timezone.now(),
        )
    except NotInThatState:
        messages.error(request, _("It was paid back already, or is on its way."))
    except TooMuch as refusal:
        messages.error(
            request, _("At most %s can be refunded.") % dong(refusal.left_vnd)
        )
    else:
        messages.success(request, _("Paid back."))
    return redirect("office-payment", made.payment_id)


@for_managers
@require_POST
def refund_again(request: AuthenticatedShopRequest, pk: int) -> HttpResponse:
    """Try a refund that stopped halfway once more, under the same key."""
    made = get_object_or_404(Refund.objects.select_related("payment"), pk=pk)
    say(request, send(refund=made, at=timezone.now()))
    return redirect("office-payment", made.payment_id)


@for_managers
@require_POST
def money_came(request: AuthenticatedShopRequest, pk: int) -> HttpResponse:
    """What the postman or a desk collected has come, for all jobs that were given."""
    shown = get_object_or_404(Payment, pk=pk)
    fulfilments = shown.order.fulfilments.filter(
        status__in=[Fulfilment.Status.HANDED_OVER, Fulfilment.Status.DELIVERED]
    )
    told = [
        take_money(
            fulfilment=fulfilment, actor=request.user, paid_by="", at=timezone.now()
        )
        for fulfilment in fulfilments.order_by("pk")
    ]
    if any(told):
        messages.success(request, _("Written down: the money is here."))
    else:
        messages.error(request, _("Nothing of this order has been handed over yet."))
    return redirect("office-payment", pk)
