"""Oscar's screens that only read, and what replaces the others."""

import re
from collections.abc import Callable
from copy import copy
from functools import wraps
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from marketplace.payments.views.office import for_managers
from stores.middleware import AuthenticatedShopRequest

if TYPE_CHECKING:
    from django.contrib.auth.models import _User

FILES = {"response_format", "download"}
"""Query parameters of Oscar's files, in which a cell could run as a formula."""

THIS_CENTURY = re.compile(r"20\d\d-")


def as_order_reader(user: "_User") -> "_User":
    """A copy of a person as Oscar's screens see somebody who may read every order.

    Oscar shows all orders to staff only; the person's own account stays as it is.
    """
    reader = copy(user)
    reader.is_staff = True
    return reader


def read_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """One of Oscar's screens, read-only, for managers."""

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
        request.user = as_order_reader(request.user)
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
