"""Sales points as managers see them: who works there, and when they are open."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from catalogue.refusals import ChangedMeanwhile
from stores.forms.points import PointForm
from stores.middleware import AuthenticatedShopRequest
from stores.models import SalesPoint
from stores.operations.change_point import change_point
from stores.permissions import office_view


@office_view("stores.change_salespoint")
@require_safe
def points(request: AuthenticatedShopRequest) -> HttpResponse:
    """Every point with its keepers; those without one stand out."""
    every = SalesPoint.objects.filter(is_open=True).prefetch_related("keepers")
    context = {"points": every.order_by("pk")}
    return render(request, "stores/office/points.html", context)


@office_view("stores.change_salespoint")
@require_http_methods(["GET", "HEAD", "POST"])
def point(request: AuthenticatedShopRequest, slug: str) -> HttpResponse:
    """One point, and a form to change what managers say of it."""
    found = get_object_or_404(SalesPoint, is_open=True, slug=slug)
    form = PointForm(request.POST or None, instance=found)
    if form.is_valid():
        fields, keepers = form.new_values(), form.keepers()
        try:
            change_point(point=found, fields=fields, keepers=keepers, seen=form.seen)
        except ChangedMeanwhile:
            form.add_conflict()
        else:
            messages.success(request, _("Saved."))
            return redirect("office-point", slug)
    context = {"point": found, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "stores/office/point.html", context, status=status)
