"""The keeper's screens for goods that go from one point to another."""

from collections.abc import Iterable

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
from stores.forms.shelf import ProductForm
from stores.forms.transfers import AskForm, CallOffForm, DifferenceForm, LotsForm
from stores.middleware import AuthenticatedShopRequest
from stores.models import SalesPoint, Transfer, TransferLot
from stores.operations.move import ReasonRequired, ShelfChanged
from stores.operations.receive import NotSoldHere
from stores.operations.transfer import (
    BuyerWaits,
    NotFreeThere,
    NotFreeToSend,
    NothingSent,
    PackedLot,
    RequestedDifferently,
    WrongPoint,
    WrongTransferStatus,
    WrongUnitsToSend,
    cancel_transfer,
    receive_transfer,
    request_transfer,
    send_transfer,
)
from stores.permissions import at_point
from stores.queries.shelves import Shelf, goods_known_at, shelves_by_product
from stores.queries.transfers import (
    LineToSend,
    LotToSend,
    ended_transfers,
    lines_to_send,
    lots_to_receive,
    open_transfers,
)

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
        found = Transfer.objects.of(point).filter(pk=number).first()
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
def ask(request: AuthenticatedShopRequest, point: SalesPoint) -> HttpResponse:
    """Which product, who has it, how many; then the other keeper has a job."""
    posted = request.method == "POST"
    look = ProductForm(request.POST if posted else request.GET or None)
    context: dict[str, object] = {
        "point": point,
        "tab": "receive",
        "look": look,
        "products": goods_known_at(point),
    }
    if not look.is_valid():
        status = 422 if look.is_bound else 200
        return render(
            request, "stores/desk/transfer_request.html", context, status=status
        )
    product: Product = look.cleaned_data["product"]
    shelves = shelves_by_product(
        [product], points=request.points, place=point, now=timezone.now()
    ).get(product.pk, [])
    others = [shelf for shelf in shelves if shelf.point != point]
    form = AskForm(
        request.POST if posted else None, sources=[shelf.point for shelf in others]
    )
    status = 200
    if posted:
        status = 422
        if form.is_valid():
            asked = form.cleaned_data
            try:
                made = request_transfer(
                    source=source_of(asked["source"], others),
                    destination=point,
                    units={product: asked["units"]},
                    note=asked["note"],
                    client_id=asked["client_id"],
                    actor=request.user,
                    at=timezone.now(),
                )
            except NotSoldHere:
                status = 409
            except NotFreeThere as refusal:
                status = 409
                context["why"] = _(
                    "Only %(free)d more of %(product)s can be asked for there now."
                ) % {"free": refusal.free, "product": product.name}
            except RequestedDifferently as refusal:
                status = 409
                form.renew()
                context["why"] = _(
                    "This form asked for something else already: %s. If you want this"
                    " too, press again."
                ) % (refusal.transfer.number)
            else:
                messages.success(
                    request,
                    _("Asked %(point)s for %(units)d × %(product)s: %(number)s.")
                    % {
                        "point": made.source.short_name,
                        "units": asked["units"],
                        "product": product.name,
                        "number": made.number,
                    },
                )
                return redirect("desk-transfers", point.slug)
    if not point.may_sell(product):
        context["why"] = _("This point may not sell it: no shelf or no licence.")
        others = []
    context |= {"product": product, "shelves": others, "form": form}
    return render(request, "stores/desk/transfer_request.html", context, status=status)


def source_of(slug: str, shelves: list[Shelf]) -> SalesPoint:
    return next(shelf.point for shelf in shelves if shelf.point.slug == slug)


def transfer_or_404(point: SalesPoint, pk: int) -> Transfer:
    """A transfer that leaves the point or comes to it; others do not exist here."""
    return get_object_or_404(
        Transfer.objects.of(point).select_related(
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
    shown: Transfer,
    *,
    form: LotsForm | None = None,
    difference: DifferenceForm | None = None,
    call_off_form: CallOffForm | None = None,
    why: str = "",
    status: int = 200,
) -> HttpResponse:
    context: dict[str, object] = {
        "point": point,
        "tab": "receive",
        "transfer": shown,
        "why": why,
        "may_cancel": shown.status == Transfer.Status.REQUESTED,
        "call_off": call_off_form or CallOffForm(),
    }
    if shown.status == Transfer.Status.REQUESTED and shown.source == point:
        lines = lines_to_send(shown, at=timezone.now())
        form = form or load_form(lines)
        context["rows"] = [
            (
                row,
                [
                    (
                        lot,
                        form[name]
                        if (name := name_of(row, lot)) in form.fields
                        else None,
                    )
                    for lot in row.lots
                ],
            )
            for row in lines
        ]
        template = "stores/desk/transfer_send.html"
    elif shown.status == Transfer.Status.SENT and shown.destination == point:
        lots = lots_to_receive(shown)
        form = form or count_form(lots)
        context["rows"] = [(lot, form[f"lot-{lot.pk}"]) for lot in lots]
        context["difference"] = difference or DifferenceForm()
        template = "stores/desk/transfer_receive.html"
    else:
        context["lots"] = lots_to_receive(shown)
        context["lines"] = shown.lines.select_related("product__picture")
        template = "stores/desk/transfer.html"
    context["form"] = form
    return render(request, template, context, status=status)


def name_of(row: LineToSend, lot: LotToSend) -> str:
    """The name of the field for the units of a lot in a line."""
    return f"lot-{row.line.pk}-{lot.batch.pk}"


def load_form(lines: list[LineToSend], data: QueryDict | None = None) -> LotsForm:
    """How many of each lot that may go; begins with what is suggested."""
    return LotsForm(
        data,
        lots={
            name_of(row, lot): (lot.on_hand, lot.suggested)
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
def dispatch(
    request: AuthenticatedShopRequest, point: SalesPoint, pk: int
) -> HttpResponse:
    """The goods leave: which lots, and how many of each."""
    shown = transfer_or_404(point, pk)
    now = timezone.now()
    lines = lines_to_send(shown, at=now)
    form = load_form(lines, request.POST)
    is_here = shown.status == Transfer.Status.REQUESTED and shown.source == point
    if is_here and not form.is_valid():
        return transfer_page(request, point, shown, form=form, status=422)
    loads = [
        PackedLot(row.line, lot.batch, form.cleaned_data[name_of(row, lot)])
        for row in lines
        for lot in row.lots
        if is_here and not lot.is_past
    ]
    try:
        send_transfer(
            transfer=shown, point=point, loads=loads, actor=request.user, at=now
        )
    except (
        ShelfChanged,
        WrongTransferStatus,
        WrongUnitsToSend,
        NotFreeToSend,
        ShelfChanged,
        NotSoldHere,
        NothingSent,
        WrongPoint,
    ) as refusal:
        why = why_not_sent(refusal)
        shown = transfer_or_404(point, pk)
        own = form if is_here else None  # elsewhere the page asks for something else
        return transfer_page(request, point, shown, form=own, why=why, status=409)
    messages.success(request, _("Sent. Print the slip and put it in the box."))
    return redirect("desk-transfer", point.slug, pk)


def why_not_sent(refusal: Exception) -> str:
    if isinstance(refusal, WrongTransferStatus | WrongPoint):
        return why_not_now(refusal)
    if isinstance(refusal, NothingSent):
        return _("Nothing would be sent. Say how many of at least one lot.")
    if isinstance(refusal, WrongUnitsToSend):
        line = refusal.line
        said = _("%(name)s: %(units)d are asked for; no more can be sent.")
        if line.part:
            said = _("%(name)s: a buyer waits for all %(units)d; send exactly those.")
        return said % {"name": line.product.name, "units": line.wanted}
    if isinstance(refusal, NotFreeToSend):
        return _(
            "%(name)s: only %(free)d are free; buyers have ordered the others."
        ) % {
            "name": refusal.record.product.name,
            "free": max(0, refusal.record.free),
        }
    if isinstance(refusal, NotSoldHere):
        return _("The other point may not sell alcohol: it has no licence.")
    return _("The shelf changed at this very moment. Look at the lots and try again.")


def why_not_now(refusal: WrongTransferStatus | WrongPoint) -> str:
    if isinstance(refusal, WrongPoint):
        return _("That is done at %s.") % refusal.point.name
    said: dict[str, str] = {
        Transfer.Status.REQUESTED: _("It has not left yet."),
        Transfer.Status.SENT: _("It is on the way already."),
        Transfer.Status.RECEIVED: _("It was received already."),
        Transfer.Status.CANCELLED: _("It was called off."),
    }
    return said[refusal.transfer.status]


@at_point
@require_POST
def unpack(
    request: AuthenticatedShopRequest, point: SalesPoint, pk: int
) -> HttpResponse:
    """What came is counted, lot by lot; what is missing has a reason."""
    shown = transfer_or_404(point, pk)
    lots = list(lots_to_receive(shown))
    form, difference = count_form(lots, request.POST), DifferenceForm(request.POST)
    is_here = shown.status == Transfer.Status.SENT and shown.destination == point
    if is_here and not (form.is_valid() and difference.is_valid()):
        return transfer_page(
            request, point, shown, form=form, difference=difference, status=422
        )
    try:
        receive_transfer(
            transfer=shown,
            point=point,
            counted={lot.pk: form.cleaned_data[f"lot-{lot.pk}"] for lot in lots}
            if is_here
            else {},
            reason=difference.reason() if is_here else "",
            actor=request.user,
            at=timezone.now(),
        )
    except ReasonRequired:
        difference.add_error("why", _("Fewer came than were sent: say why."))
        return transfer_page(
            request,
            point,
            transfer_or_404(point, pk),
            form=form,
            difference=difference,
            status=422,
        )
    except (WrongTransferStatus, WrongPoint) as refusal:
        why = why_not_now(refusal)
        shown = transfer_or_404(point, pk)
        return transfer_page(request, point, shown, why=why, status=409)
    messages.success(request, _("Received. The goods are on your shelf now."))
    return redirect("desk-transfer", point.slug, pk)


@at_point
@require_POST
def call_off(
    request: AuthenticatedShopRequest, point: SalesPoint, pk: int
) -> HttpResponse:
    """Nothing is sent, and nothing has moved."""
    shown = transfer_or_404(point, pk)
    form = CallOffForm(request.POST)
    if not form.is_valid():
        return transfer_page(request, point, shown, call_off_form=form, status=422)
    try:
        cancel_transfer(
            transfer=shown,
            point=point,
            reason=form.cleaned_data["reason"],
            actor=request.user,
            at=timezone.now(),
        )
    except WrongTransferStatus as refusal:
        why = why_not_now(refusal)
    except BuyerWaits:
        why = _("A buyer waits for it. It ends when the order is cancelled.")
    else:
        messages.success(request, _("Called off. Nothing has moved."))
        return redirect("desk-transfers", point.slug)
    shown = transfer_or_404(point, pk)
    return transfer_page(request, point, shown, why=why, status=409)


@at_point
@require_safe
def slip(request: AuthenticatedShopRequest, point: SalesPoint, pk: int) -> HttpResponse:
    """The paper that travels in the box."""
    shown = transfer_or_404(point, pk)
    drawn = segno.make(shown.number, error="m", micro=False)
    context = {
        "point": point,
        "transfer": shown,
        "lines": shown.lines.select_related(
            "product", "fulfilment_line__fulfilment__order"
        ).prefetch_related("lots__batch"),
        "qr": SafeString(drawn.svg_inline(border=0, omitsize=True, svgclass=None)),
    }
    return render(request, "stores/desk/slip.html", context)
