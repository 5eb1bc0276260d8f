"""Signing in, and what an account keeps."""

import json

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from marketplace.order.models import Order
from stores.middleware import SignedInVisit
from stores.models import Fulfilment, SalesPoint
from stores.operations.advance import WITHOUT_GOODS
from stores.tokens import order_token


class SignIn(LoginView):
    """Mail address and password; then to the place where the person works."""

    template_name = "account/sign_in.html"
    redirect_authenticated_user = True

    def get_default_redirect_url(self) -> str:
        user = self.request.user
        if SalesPoint.objects.worked_by(user).exists():
            return reverse("desk")
        if user.has_perm("wagtailadmin.access_admin"):
            return reverse("wagtailadmin_home")
        return reverse("account")


def too_many_tries(
    request: HttpRequest, _response: HttpResponse, _tried: dict
) -> HttpResponse:
    """429: wrong passwords were tried so often that even the right one has to wait."""
    why = _("Too many wrong passwords. Try again in ten minutes.")
    return render(request, "403.html", {"why": why}, status=429)


@never_cache
@login_required
@require_safe
def account(request: SignedInVisit) -> HttpResponse:
    """One's own orders, and what may be done with one's data."""
    orders = Order.objects.filter(user=request.user).order_by("-date_placed")
    context = {
        "orders": [(order, order_token(order.number)) for order in orders],
        "works": SalesPoint.objects.worked_by(request.user).exists(),
        "edits": request.user.has_perm("wagtailadmin.access_admin"),
    }
    return render(request, "account/account.html", context)


@never_cache
@login_required
@require_safe
def export(request: SignedInVisit) -> HttpResponse:
    """Everything the account holds, as JSON."""
    orders = Order.objects.filter(user=request.user).prefetch_related(
        "lines", "fulfilments", "shipping_address"
    )
    held = {
        "email": request.user.email,
        "name": request.user.get_full_name(),
        "joined": request.user.date_joined,
        "orders": [
            {
                "number": order.number,
                "placed": order.date_placed,
                "status": order.status,
                "total_vnd": int(order.total_incl_tax),
                "lines": [
                    {
                        "title": line.title,
                        "quantity": line.quantity,
                        "price_vnd": int(line.line_price_incl_tax),
                    }
                    for line in order.lines.all()
                ],
                "received_by": [
                    {"name": job.name, "phone": job.phone, "room": job.room}
                    for job in order.fulfilments.all()
                ],
                "address": order.shipping_address.summary
                if order.shipping_address
                else None,
            }
            for order in orders
        ],
    }
    text = json.dumps(held, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
    return HttpResponse(
        text,
        content_type="application/json",
        headers={"Content-Disposition": 'attachment; filename="ocop-quang-nam.json"'},
    )


@require_POST
@login_required
def delete(request: SignedInVisit) -> HttpResponse:
    """Forget the person: the account goes, and her name goes from finished orders.

    What was sold stays in the books without her. Refused while an order is open, and
    for people who work here.
    """
    user = request.user
    orders = Order.objects.filter(user=user)
    if user.groups.exists() or SalesPoint.objects.worked_by(user).exists():
        messages.error(request, _("A staff account is closed by the manager."))
        return redirect("account")
    open_jobs = Fulfilment.objects.filter(
        order__in=orders,
        parts__units__gt=F("parts__cancelled") + F("parts__handed_over"),
    )
    if open_jobs.exclude(status__in=WITHOUT_GOODS).exists():
        messages.error(
            request, _("An order is still open. Collect or cancel it first.")
        )
        return redirect("account")
    with transaction.atomic():
        for order in orders.select_related("shipping_address"):
            order.fulfilments.update(name="–", phone="", room="–", note="", taken_by="")
            if order.shipping_address:
                order.shipping_address.delete()
            Order.objects.filter(pk=order.pk).update(user=None, guest_email="")
        logout(request)
        user.delete()
    messages.success(request, _("Your account and your name are deleted."))
    return redirect(reverse("products"))
