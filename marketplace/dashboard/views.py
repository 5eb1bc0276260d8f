"""Oscar's screens for looking, and what stands in the place of the others."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpResponse
from django.shortcuts import render

from marketplace.payments.views.office import for_managers
from stores.middleware import SignedInVisit


def only_shown(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """One of Oscar's screens, for managers, to look at."""

    @wraps(view)
    def shown(request: SignedInVisit, *args: object, **kwargs: object) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return done_elsewhere(request)
        request.user.is_staff = True  # what Oscar asks for; we asked, and save nothing
        return view(request, *args, **kwargs)

    return for_managers(shown)


@for_managers
def done_elsewhere(
    request: SignedInVisit, *args: object, **kwargs: object
) -> HttpResponse:
    """Where stock, orders, money and texts are changed instead."""
    return render(request, "office/elsewhere.html", status=403)
