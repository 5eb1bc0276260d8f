"""Where a manager brings the bank's statement, and says whose money is whose."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from marketplace.payments.forms import MatchForm, StatementForm
from marketplace.payments.models import PaymentEvent
from marketplace.payments.operations.hear_bank import AlreadyMatched, hear_bank, match
from marketplace.payments.statement import Why, WrongColumns, read
from marketplace.payments.views.office import for_managers
from stores.middleware import SignedInVisit
from stores.sheets import NotASheet, TooManyRows, WrongEncoding

MOST_PROBLEMS = 50


@for_managers
@require_http_methods(["GET", "HEAD", "POST"])
def statement(request: SignedInVisit) -> HttpResponse:
    """Take in a statement: all of it, or nothing and why, row by row."""
    form = StatementForm(request.POST or None, request.FILES or None)
    problems: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            found = read(form.cleaned_data["file"].read())
        except (NotASheet, WrongEncoding):
            form.add_error("file", _("Only a CSV in UTF-8 can be read."))
        except TooManyRows:
            form.add_error("file", _("The file has too many rows. Divide it."))
        except WrongColumns as refusal:
            missing = ", ".join(said_column(key) for key in refusal.missing)
            form.add_error("file", _("The file lacks these columns: %s.") % missing)
        else:
            problems = [said(row, why) for row, why in found.problems]
            if not problems:
                told = hear_bank(came=found.came, actor=request.user, at=timezone.now())
                messages.success(request, sum_of(told))
                return redirect("office-payments")
    context = {"form": form, "problems": problems[:MOST_PROBLEMS]}
    status = 422 if problems or form.errors else 200
    return render(request, "office/statement.html", context, status=status)


def sum_of(told: list[PaymentEvent]) -> str:
    """How many transfers of the file found their order; those of before count too."""
    waiting = sum(event.outcome == PaymentEvent.Outcome.KEPT for event in told)
    return _(
        "%(all)d transfers read: %(matched)d found their order, %(waiting)d wait for"
        " somebody."
    ) % {"all": len(told), "matched": len(told) - waiting, "waiting": waiting}


def said_column(key: str) -> str:
    return {
        "reference": _("transaction number"),
        "booked_at": _("transaction date"),
        "amount_vnd": _("amount credited"),
        "purpose": _("description"),
    }[key]


def said(row: int, why: Why) -> str:
    sentence = {
        Why.NO_REFERENCE: _("Row %d: the bank's transaction number is missing."),
        Why.NO_DATE: _("Row %d: the date cannot be read; write it as 24/12/2027."),
        Why.NO_AMOUNT: _("Row %d: the amount cannot be read as whole dong."),
        Why.REPEATED: _("Row %d: this transaction number stands there twice."),
    }[why]
    return sentence % row


@for_managers
@require_POST
def match_money(request: SignedInVisit, pk: int) -> HttpResponse:
    """Money that the bank told of is for this order."""
    kept = get_object_or_404(
        PaymentEvent,
        pk=pk,
        source=PaymentEvent.Source.BANK,
        kind=PaymentEvent.Kind.PAID,
        outcome=PaymentEvent.Outcome.KEPT,
    )
    form = MatchForm(request.POST)
    if not form.is_valid():
        (why, *_others) = form.errors["order"]
        messages.error(request, str(why))
        return redirect("office-payments")
    payment = form.cleaned_data["order"]
    try:
        match(kept=kept, payment=payment, actor=request.user, at=timezone.now())
    except AlreadyMatched:
        messages.error(request, _("Somebody has said already whose money it is."))
        return redirect("office-payments")
    messages.success(request, _("Written down: the money is for this order."))
    return redirect("office-payment", payment.pk)
