"""Sales points as managers see them: who works there, and when they are open."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from stores.forms.points import PointForm
from stores.middleware import SignedInVisit
from stores.models import SalesPoint

MANAGES_POINTS = "stores.change_salespoint"


def for_managers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Signed in, and allowed to change sales points; others are refused."""
    allowed = permission_required(MANAGES_POINTS, raise_exception=True)(view)
    return never_cache(login_required(allowed))


@for_managers
@require_safe
def points(request: SignedInVisit) -> HttpResponse:
    """Every point with its keepers; those without one stand out."""
    every = SalesPoint.objects.filter(is_open=True).prefetch_related("keepers")
    context = {"points": every.order_by("pk")}
    return render(request, "stores/office/points.html", context)


@for_managers
@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def point(request: SignedInVisit, slug: str) -> HttpResponse:
    """One point; its row is locked while a form is kept, so that none is half lost."""
    every = SalesPoint.objects.filter(is_open=True)
    if request.method != "POST":
        shown = get_object_or_404(every, slug=slug)
        return point_page(request, shown, PointForm(instance=shown))
    shown = get_object_or_404(every.select_for_update(no_key=True), slug=slug)
    form = PointForm(request.POST, instance=shown)
    if not form.is_valid():
        return point_page(request, shown, form, status=422)
    form.save()
    messages.success(request, _("Saved."))
    return redirect("office-point", slug)


def point_page(
    request: SignedInVisit, shown: SalesPoint, form: PointForm, *, status: int = 200
) -> HttpResponse:
    context = {"point": shown, "form": form}
    return render(request, "stores/office/point.html", context, status=status)
