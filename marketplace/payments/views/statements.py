"""Where a manager brings the bank's statement."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from catalogue.spreadsheets import NotASheet, TooManyRows, WrongEncoding
from marketplace.accounts.models import User
from marketplace.payments.forms import StatementForm
from marketplace.payments.models import PaymentEvent
from marketplace.payments.operations.hear_transfer import hear_transfer
from marketplace.payments.statement import (
    MOST_LINES,
    Line,
    Why,
    WrongColumns,
    read,
)
from marketplace.payments.views.office import for_managers
from stores.middleware import AuthenticatedShopRequest

COLUMNS = {
    "booked_at": gettext_lazy("transaction date"),
    "amount_vnd": gettext_lazy("amount credited"),
    "purpose": gettext_lazy("description"),
}
SAID = {
    Why.NO_DATE: gettext_lazy("The date cannot be read; write it as 24/12/2027."),
    Why.NOT_YET: gettext_lazy("This day is yet to come."),
    Why.NO_AMOUNT: gettext_lazy("The amount cannot be read as whole dong."),
    Why.LONG_REFERENCE: gettext_lazy("The transaction number is too long."),
    Why.FORMULA: gettext_lazy("There is a formula. Write the value itself."),
}


@dataclass(frozen=True)
class Told:
    """A row of the file, and what became of it."""

    line: Line
    event: PaymentEvent | None = None
    is_new: bool = False
    refusal: str = ""

    @property
    def place(self) -> str:
        """`unreadable`, `known`, `matched` or `waits`."""
        if self.event is None:
            return "unreadable"
        if not self.is_new or self.event.why == PaymentEvent.Case.SAME:
            return "known"
        exact = self.event.why == PaymentEvent.Case.EXACT
        return "matched" if exact else "waits"


@for_managers
@require_http_methods(["GET", "HEAD", "POST"])
def statement(request: AuthenticatedShopRequest) -> HttpResponse:
    """Take in a statement row by row, and say what became of each.

    A row that cannot be read keeps none of the others out; the file may be brought
    again once it is put right.
    """
    if request.method != "POST":
        return statement_page(request, StatementForm())
    form = StatementForm(request.POST, request.FILES)
    if not form.is_valid():
        return statement_page(request, form, status=422)
    file = form.cleaned_data["file"]
    try:
        lines = read(file.read())
    except (NotASheet, WrongEncoding, TooManyRows, WrongColumns) as refusal:
        form.add_error("file", unreadable(refusal))
        return statement_page(request, form, status=422)
    told = [take_in(line, request.user) for line in lines]
    return statement_page(request, StatementForm(), told=told, name=file.name or "")


def take_in(line: Line, actor: User) -> Told:
    if line.came is None:
        return Told(line, refusal=str(SAID[line.why]) if line.why else "")
    heard = hear_transfer(came=line.came, actor=actor, at=timezone.now())
    return Told(line, event=heard.event, is_new=heard.is_new)


def statement_page(
    request: AuthenticatedShopRequest,
    form: StatementForm,
    *,
    told: list[Told] | None = None,
    name: str = "",
    status: int = 200,
) -> HttpResponse:
    places = [one.place for one in told or []]
    context = {
        "form": form,
        "told": told,
        "name": name,
        "sums": {
            place: places.count(place)
            for place in ("matched", "known", "waits", "unreadable")
        },
    }
    return render(request, "office/statement.html", context, status=status)


def unreadable(refusal: Exception) -> str:
    """Why nothing of the file could be read."""
    if isinstance(refusal, WrongEncoding):
        return _("Row %d is not written in UTF-8. Save the file as “CSV UTF-8”.") % (
            refusal.row
        )
    if isinstance(refusal, WrongColumns):
        names = ", ".join(str(COLUMNS[key]) for key in refusal.missing)
        return _("These columns are missing: %s.") % names
    if isinstance(refusal, TooManyRows):
        return _("A file has %d rows at most. Please cut it in parts.") % MOST_LINES
    return _("This is not a CSV file.")
