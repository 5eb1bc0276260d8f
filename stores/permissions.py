"""Who may stand at which desk, and who may see a screen of the office."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache

from stores.middleware import AuthenticatedShopRequest
from stores.models import SalesPoint


def at_point(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Hand the view the point of the address, if the person may stand at its desk.

    Somebody who works at no point is refused; the point of others is not found.
    """

    @wraps(view)
    @never_cache
    @login_required
    def guarded(
        request: AuthenticatedShopRequest, point: str, **kwargs: object
    ) -> HttpResponse:
        own = SalesPoint.objects.staffed_by(request.user)
        found = own.with_incoming_transfers().filter(slug=point).first()
        if found is None:
            if not own.exists():
                raise PermissionDenied
            found = get_object_or_404(own, slug=point)
        return view(request, point=found, **kwargs)

    return guarded


def office_view(
    permission: str,
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Show the view to people with a right, never from a cache; others are refused."""

    def guard(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        allowed = permission_required(permission, raise_exception=True)(view)
        return never_cache(login_required(allowed))

    return guard
