"""Oscar's screens for looking, and what stands in the place of the others."""

import re
from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from marketplace.payments.views.office import for_managers
from stores.middleware import AuthenticatedShopRequest

FILES = {"response_format", "download"}
"""Oscar's files would bring what strangers typed into a spreadsheet as formulas; those
of the office do not."""

THIS_CENTURY = re.compile(r"20\d\d-")


def read_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """One of Oscar's screens, for managers, to look at."""

    @wraps(view)
    def view_for_managers(
        request: AuthenticatedShopRequest, *args: object, **kwargs: object
    ) -> HttpResponse:
        query = request.GET
        if request.method not in ("GET", "HEAD") or query.keys() & FILES:
            return refuse_and_explain(request)
        dates = [str(day) for name, day in query.items() if "date" in name and day]
        if not all(THIS_CENTURY.match(day) for day in dates):
            raise Http404(_("There are no orders of that day."))
        request.user.is_staff = True  # what Oscar asks for; we asked, and save nothing
        return view(request, *args, **kwargs)

    return for_managers(view_for_managers)


@for_managers
def refuse_and_explain(
    request: AuthenticatedShopRequest, *args: object, **kwargs: object
) -> HttpResponse:
    """Where stock, orders, money and texts are changed instead."""
    return render(request, "office/elsewhere.html", status=403)


@for_managers
def redirect_to_orders(request: AuthenticatedShopRequest) -> HttpResponse:
    """The dashboard begins with them: its own first page sums what nobody paid yet."""
    return redirect("dashboard:order-list")
