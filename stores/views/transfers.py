"""The keeper's screens for goods that go from one point to another."""

from collections.abc import Callable, Iterable
from functools import partial

import segno
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from catalogue.models import Product
from catalogue.refusals import ReasonRequired, Refusal
from stores.forms.shelf import ProductForm
from stores.forms.transfers import (
    CancelTransferForm,
    DifferenceForm,
    LotsForm,
    TransferRequestForm,
)
from stores.middleware import AuthenticatedShopRequest
from stores.models import SalesPoint, Transfer, TransferLot
from stores.operations.receive import NotSoldHere
from stores.operations.transfer import (
    PackedLot,
    cancel_transfer,
    receive_transfer,
    request_transfer,
    send_transfer,
)
from stores.permissions import at_point
from stores.queries.shelves import goods_known_at, shelves_by_product
from stores.queries.transfers import (
    LineToSend,
    LotToSend,
    ended_transfers,
    lines_to_send,
    lots_to_receive,
    open_transfers,
)
from stores.views import refusals_on_form

DONE_PAGE = 20


@at_point
@require_safe
def transfers(request: AuthenticatedShopRequest, point: SalesPoint) -> HttpResponse:
    """What leaves the point and comes to it; a number leads to its transfer."""
    typed = request.GET.get("number", "").strip()[:20]
    digits = typed.upper().removeprefix("DC-")
    why, status = "", 200
    if typed:
        number = int(digits) if digits.isdecimal() and len(digits) < 10 else 0
        found = Transfer.objects.involving(point).filter(pk=number).first()
        if found:
            return redirect("desk-transfer", point.slug, found.pk)
        why, status = _("No transfer of this point has the number %s.") % typed, 404
    page = Paginator(ended_transfers(point), DONE_PAGE)
    context = {
        "point": point,
        "tab": "receive",
        "transfers": open_transfers(point, now=timezone.now()),
        "page": page.get_page(request.GET.get("page")),
        "typed": typed,
        "why": why,
    }
    return render(request, "stores/desk/transfers.html", context, status=status)


@at_point
def new_transfer(request: AuthenticatedShopRequest, point: SalesPoint) -> HttpResponse:
    """Which product, which point has it, how many; then its keeper packs them."""
    posted = request.method == "POST"
    product_form = ProductForm(request.POST if posted else request.GET or None)
    context: dict[str, object] = {
        "point": point,
        "tab": "receive",
        "product_form": product_form,
        "products": goods_known_at(point),
    }
    template = "stores/desk/transfer_request.html"
    if not product_form.is_valid():
        status = 422 if product_form.is_bound else 200
        return render(request, template, context, status=status)
    product: Product = product_form.cleaned_data["product"]
    shelves = shelves_by_product(
        [product], points=request.points, place=point, now=timezone.now()
    ).get(product.pk, [])
    others = [shelf for shelf in shelves if shelf.point != point]
    form = TransferRequestForm(
        request.POST if posted else None, sources=[shelf.point for shelf in others]
    )
    status = 422 if posted else 200
    if form.is_valid():
        units, slug = form.cleaned_data["units"], form.cleaned_data["source"]
        with refusals_on_form(form) as answer:
            made = request_transfer(
                source=next(one.point for one in others if one.point.slug == slug),
                destination=point,
                units={product: units},
                note=form.cleaned_data["note"],
                client_id=form.cleaned_data["client_id"],
                actor=request.user,
                at=timezone.now(),
            )
            messages.success(
                request,
                _("Asked %(point)s for %(units)d × %(product)s: %(number)s.")
                % {
                    "point": made.source.short_name,
                    "units": units,
                    "product": product.name,
                    "number": made.number,
                },
            )
            return redirect("desk-transfers", point.slug)
        status = answer.status
        context["why"] = " ".join(form.non_field_errors())
    if not point.may_sell(product):
        context["why"] = str(NotSoldHere())
        others = []
    context |= {"product": product, "shelves": others, "form": form}
    return render(request, template, context, status=status)


def transfer_or_404(point: SalesPoint, pk: int) -> Transfer:
    """A transfer that leaves the point or comes to it; others do not exist here."""
    return get_object_or_404(
        Transfer.objects.involving(point).select_related(
            "source",
            "destination",
            "requested_by",
            "sent_by",
            "received_by",
            "cancelled_by",
        ),
        pk=pk,
    )


@at_point
@require_safe
def transfer(
    request: AuthenticatedShopRequest, point: SalesPoint, pk: int
) -> HttpResponse:
    """To be packed at its source, unpacked at its destination, else to be looked at."""
    return transfer_page(request, point, transfer_or_404(point, pk))


def transfer_page(
    request: AuthenticatedShopRequest,
    point: SalesPoint,
    found: Transfer,
    *,
    form: LotsForm | None = None,
    difference: DifferenceForm | None = None,
    cancel_form: CancelTransferForm | None = None,
    why: str = "",
    status: int = 200,
) -> HttpResponse:
    context: dict[str, object] = {
        "point": point,
        "tab": "receive",
        "transfer": found,
        "why": why,
        "may_cancel": found.status == Transfer.Status.REQUESTED,
        "cancel_form": cancel_form or CancelTransferForm(),
    }
    if found.status == Transfer.Status.REQUESTED and found.source == point:
        lines = lines_to_send(found, at=timezone.now())
        form = form or packing_form(lines)
        context["rows"] = [
            (
                row,
                [
                    (
                        lot,
                        form[name]
                        if (name := field_name(row, lot)) in form.fields
                        else None,
                    )
                    for lot in row.lots
                ],
            )
            for row in lines
        ]
        template = "stores/desk/transfer_send.html"
    elif found.status == Transfer.Status.SENT and found.destination == point:
        lots = lots_to_receive(found)
        form = form or count_form(lots)
        context["rows"] = [(lot, form[f"lot-{lot.pk}"]) for lot in lots]
        context["difference"] = difference or DifferenceForm()
        template = "stores/desk/transfer_receive.html"
    else:
        context["lots"] = lots_to_receive(found)
        context["lines"] = found.lines.select_related("product__picture")
        template = "stores/desk/transfer.html"
    context["form"] = form
    return render(request, template, context, status=status)


def field_name(row: LineToSend, lot: LotToSend) -> str:
    """The name of the field for the units of a lot in a line."""
    return f"lot-{row.line.pk}-{lot.batch.pk}"


def packing_form(lines: list[LineToSend], data: QueryDict | None = None) -> LotsForm:
    """How many of each lot that may go; begins with what is suggested."""
    return LotsForm(
        data,
        lots={
            field_name(row, lot): (lot.on_hand, lot.suggested)
            for row in lines
            for lot in row.lots
            if not lot.is_past
        },
        too_many=_("There are only %(limit_value)d."),
    )


def count_form(lots: Iterable[TransferLot], data: QueryDict | None = None) -> LotsForm:
    """How many of each lot came; begins with nothing, so that they are counted."""
    return LotsForm(
        data,
        lots={f"lot-{lot.pk}": (lot.sent, None) for lot in lots},
        too_many=_(
            "%(limit_value)d were sent. If more came, receive the others as a delivery."
        ),
    )


@at_point
@require_POST
def send(request: AuthenticatedShopRequest, point: SalesPoint, pk: int) -> HttpResponse:
    """The goods leave: which lots, and how many of each."""
    found = transfer_or_404(point, pk)
    now = timezone.now()
    lines = lines_to_send(found, at=now)
    form = packing_form(lines, request.POST)
    is_here = found.status == Transfer.Status.REQUESTED and found.source == point
    if is_here and not form.is_valid():
        return transfer_page(request, point, found, form=form, status=422)
    lots = [
        PackedLot(row.line, lot.batch, form.cleaned_data[field_name(row, lot)])
        for row in lines
        for lot in row.lots
        if is_here and not lot.is_past
    ]
    return take_step(
        partial(send_transfer, lots=lots, at=now),
        request,
        point,
        found,
        done=_("Sent. Print the slip and put it in the box."),
        form=form if is_here else None,  # elsewhere the page has another form
    )


@at_point
@require_POST
def receive(
    request: AuthenticatedShopRequest, point: SalesPoint, pk: int
) -> HttpResponse:
    """What came is counted, lot by lot; what is missing has a reason."""
    found = transfer_or_404(point, pk)
    lots = list(lots_to_receive(found))
    form, difference = count_form(lots, request.POST), DifferenceForm(request.POST)
    is_here = found.status == Transfer.Status.SENT and found.destination == point
    if is_here and not (form.is_valid() and difference.is_valid()):
        return transfer_page(
            request, point, found, form=form, difference=difference, status=422
        )
    counted = {lot.pk: form.cleaned_data[f"lot-{lot.pk}"] for lot in lots if is_here}
    reason = difference.reason() if is_here else ""
    return take_step(
        partial(receive_transfer, counted=counted, reason=reason, at=timezone.now()),
        request,
        point,
        found,
        done=_("Received. The goods are on your shelf now."),
        form=form if is_here else None,
        difference=difference if is_here else None,
    )


@at_point
@require_POST
def cancel(
    request: AuthenticatedShopRequest, point: SalesPoint, pk: int
) -> HttpResponse:
    """Nothing is sent, and nothing has moved."""
    found = transfer_or_404(point, pk)
    form = CancelTransferForm(request.POST)
    if not form.is_valid():
        return transfer_page(request, point, found, cancel_form=form, status=422)
    reason = form.cleaned_data["reason"]
    return take_step(
        partial(cancel_transfer, reason=reason, at=timezone.now()),
        request,
        point,
        found,
        done=_("Called off. Nothing has moved."),
    )


def take_step(
    step: Callable[..., None],
    request: AuthenticatedShopRequest,
    point: SalesPoint,
    found: Transfer,
    *,
    done: str,
    form: LotsForm | None = None,
    difference: DifferenceForm | None = None,
) -> HttpResponse:
    """Take the step, or show the transfer as it now stands and why it is refused."""
    try:
        step(transfer=found, point=point, actor=request.user)
    except Refusal as refusal:
        why = str(refusal)
        if difference and isinstance(refusal, ReasonRequired):
            difference.add_error("why", why)
            why = ""
        return transfer_page(
            request,
            point,
            transfer_or_404(point, found.pk),
            form=form,
            difference=difference,
            why=why,
            status=refusal.status,
        )
    messages.success(request, done)
    if found.status == Transfer.Status.CANCELLED:
        return redirect("desk-transfers", point.slug)
    return redirect("desk-transfer", point.slug, found.pk)


@at_point
@require_safe
def slip(request: AuthenticatedShopRequest, point: SalesPoint, pk: int) -> HttpResponse:
    """The paper that travels in the box."""
    found = transfer_or_404(point, pk)
    drawn = segno.make(found.number, error="m", micro=False)
    context = {
        "point": point,
        "transfer": found,
        "lines": found.lines.select_related("product", "reservation")
        .prefetch_related("lots__batch")
        .order_by("pk"),
        "qr": SafeString(drawn.svg_inline(border=0, omitsize=True, svgclass=None)),
    }
    return render(request, "stores/desk/slip.html", context)
