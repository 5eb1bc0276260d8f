"""A point's stock as a file: take it out, and let the shelf be what a file says."""

import datetime as dt
from dataclasses import astuple
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stores.forms.shelf import StockFileForm
from stores.middleware import AuthenticatedShopRequest
from stores.models import SalesPoint
from stores.operations.import_stock import (
    Plan,
    ShelfMoved,
    check_own_file,
    import_stock,
    plan_import,
)
from stores.permissions import at_point
from stores.queries.shelves import stock_rows
from stores.sheets import Problem, ProblemKind, Row, Sheet, as_csv, as_xlsx, read
from stores.views import refusals_on_form

KINDS = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "xlsx": (
        as_xlsx,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
}
CHECKED_FOR = dt.timedelta(hours=1)
"""How long a checked file may be booked without being chosen again."""

MESSAGES = {
    ProblemKind.NO_NUMBER: gettext_lazy("has no product number."),
    ProblemKind.NO_LOT: gettext_lazy(
        "“%s” is not a lot number. A lot number has 1 to 20 letters, digits and . / _ -"
    ),
    ProblemKind.NO_DATE: gettext_lazy("“%s” is not a date. Example: 24/12/2027."),
    ProblemKind.NOT_WHOLE: gettext_lazy("“%s” is not a whole number of units."),
    ProblemKind.NEGATIVE: gettext_lazy("there cannot be %s units."),
    ProblemKind.TOO_MANY: gettext_lazy("%s units are more than a lot can have here."),
    ProblemKind.FORMULA: gettext_lazy("has a formula. Write the value itself."),
    ProblemKind.REPEATED: gettext_lazy("names the same product and lot as row %s."),
    ProblemKind.OTHER_THRESHOLD: gettext_lazy(
        "gives the product another threshold than row %s."
    ),
    ProblemKind.UNKNOWN: gettext_lazy("no product has the number “%s”."),
    ProblemKind.NOT_SOLD_HERE: gettext_lazy(
        "this point may not sell %s: no shelf or no licence."
    ),
    ProblemKind.PAST: gettext_lazy("%s has passed already, and the lot is new here."),
    ProblemKind.ALLOCATED: gettext_lazy(
        "buyers have ordered %s, so there cannot be fewer here. Call the centre."
    ),
}


@at_point
@require_safe
def export(
    request: AuthenticatedShopRequest, point: SalesPoint, kind: str
) -> HttpResponse:
    """The stock on hand, with headings in the keeper's language."""
    write, content_type = KINDS[kind]
    day = timezone.localdate().isoformat()
    content = write(stock_rows(point), language=get_language() or "vi")
    name = f"{point.slug}-{day}.{kind}"
    return HttpResponse(
        content,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@at_point
def stock_file(request: AuthenticatedShopRequest, point: SalesPoint) -> HttpResponse:
    """Check a file: what is wrong with it, or what booking it would change."""
    if request.method != "POST":
        return file_page(request, point, StockFileForm())
    form, status = StockFileForm(request.POST, request.FILES), 422
    if form.is_valid():
        file = form.cleaned_data["file"]
        with refusals_on_form(form) as answer:
            sheet = read(file.read())
            check_own_file(point, sheet.points)
            plan = plan_import(point=point, rows=sheet.rows, at=timezone.now())
            return checked_page(request, point, sheet, plan, file.name)
        status = answer.status
    return file_page(request, point, form, status=status)


@at_point
@require_POST
def book_file(request: AuthenticatedShopRequest, point: SalesPoint) -> HttpResponse:
    """Book what was checked, all of it or, if the shelf has moved, none."""
    try:
        name, seal, cells = signing.loads(
            request.POST.get("checked", ""),
            salt=signing_salt(request, point),
            max_age=CHECKED_FOR,
        )
    except signing.BadSignature:
        form = StockFileForm()
        why = _("This check is too old, or not yours. Choose the file again.")
        return file_page(request, point, form, why=why, status=409)
    sheet = Sheet(rows=[row_from(one) for one in cells])
    try:
        plan = import_stock(
            point=point,
            rows=sheet.rows,
            seal=seal,
            file_name=name,
            actor=request.user,
            at=timezone.now(),
        )
    except ShelfMoved as refusal:
        why = str(refusal)
        return checked_page(
            request, point, sheet, refusal.plan, name, why=why, status=refusal.status
        )
    messages.success(
        request,
        ngettext(
            "Booked from %(file)s: %(number)d row.",
            "Booked from %(file)s: %(number)d rows.",
            len(plan.changes),
        )
        % {"file": name, "number": len(plan.changes)},
    )
    return redirect("desk-shelf", point.slug)


def file_page(
    request: AuthenticatedShopRequest,
    point: SalesPoint,
    form: StockFileForm,
    *,
    why: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {"point": point, "tab": "shelf", "form": form, "why": why}
    return render(request, "stores/desk/stock_file.html", context, status=status)


def checked_page(
    request: AuthenticatedShopRequest,
    point: SalesPoint,
    sheet: Sheet,
    plan: Plan,
    name: str,
    *,
    why: str = "",
    status: int = 200,
) -> HttpResponse:
    problems = sorted(sheet.problems + plan.problems, key=lambda wrong: wrong.row)
    checked = ""
    if plan.changes and not problems:
        cells = [cells_from(row) for row in sheet.rows]
        checked = signing.dumps(
            (name, plan.seal, cells), salt=signing_salt(request, point), compress=True
        )
    context = {
        "point": point,
        "tab": "shelf",
        "why": why,
        "name": name,
        "problems": [(problem.row, problem_message(problem)) for problem in problems],
        "changes": plan.changes,
        "unchanged": plan.unchanged,
        "checked": checked,
        "form": StockFileForm(),
    }
    status = 422 if problems and status == 200 else status
    return render(request, "stores/desk/stock_file.html", context, status=status)


def signing_salt(request: AuthenticatedShopRequest, point: SalesPoint) -> str:
    """A check is of use to the person and at the point it was made for."""
    return f"stock file of {point.pk} checked by {request.user.pk}"


def cells_from(row: Row) -> list[object]:
    number, code, lot, best_before, on_hand, threshold = astuple(row)
    day = best_before and best_before.isoformat()
    return [number, code, lot, day, on_hand, threshold]


def row_from(cells: list[Any]) -> Row:
    number, code, lot, day, on_hand, threshold = cells
    return Row(
        number, code, lot, day and dt.date.fromisoformat(day), on_hand, threshold
    )


def problem_message(problem: Problem) -> str:
    saw = problem.value
    if isinstance(saw, dt.date):
        saw = date_format(saw, "SHORT_DATE_FORMAT")
    if problem.kind == ProblemKind.OTHER_DATE:
        if saw is None:
            return _("this lot is known as one that does not expire.")
        return _("this lot is known with the date %s. Look at the label again.") % saw
    sentence = str(MESSAGES[problem.kind])
    return sentence % saw if "%s" in sentence else sentence
