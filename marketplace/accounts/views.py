"""Signing in, and the account with its data."""

import json

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from catalogue.refusals import refusals_as_messages
from marketplace.accounts.forms import SignInForm
from marketplace.accounts.operations import delete_account
from marketplace.orders.models import Order
from marketplace.orders.order_links import order_token
from stores.middleware import AuthenticatedShopRequest
from stores.models import SalesPoint


class SignIn(LoginView):
    """Email address and password; then to the place where the person works."""

    authentication_form = SignInForm
    template_name = "account/sign_in.html"
    redirect_authenticated_user = True

    def get_default_redirect_url(self) -> str:
        user = self.request.user
        if SalesPoint.objects.staffed_by(user).exists():
            return reverse("desk")
        if user.has_perm("wagtailadmin.access_admin"):
            return reverse("wagtailadmin_home")
        return reverse("account")


def too_many_tries(
    request: HttpRequest, _response: HttpResponse, _tried: dict
) -> HttpResponse:
    """429: wrong passwords were tried so often that even the right one has to wait."""
    why = _("Too many wrong passwords. Try again in ten minutes.")
    return render(request, "refused.html", {"why": why}, status=429)


@never_cache
@login_required
@require_safe
def account(request: AuthenticatedShopRequest) -> HttpResponse:
    """The buyer's own orders, and what can be done with their data."""
    orders = Order.objects.filter(user=request.user).order_by("-date_placed")
    context = {
        "orders": [(order, order_token(order.number)) for order in orders],
        "works": SalesPoint.objects.staffed_by(request.user).exists(),
        "edits": request.user.has_perm("wagtailadmin.access_admin"),
    }
    return render(request, "account/account.html", context)


@never_cache
@login_required
@require_safe
def export(request: AuthenticatedShopRequest) -> HttpResponse:
    """Everything the account holds, as JSON."""
    orders = Order.objects.filter(user=request.user).prefetch_related(
        "lines", "fulfilments", "payments", "shipping_address"
    )
    content = {
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
                "payments": [
                    {
                        "way": payment.method,
                        "state": payment.state,
                        "amount_vnd": payment.amount_vnd,
                        "paid_vnd": payment.paid_vnd,
                        "refunded_vnd": payment.refunded_vnd,
                        "asked": payment.requested_at,
                        "paid": payment.paid_at,
                    }
                    for payment in order.payments.all()
                ],
                "received_by": [
                    {
                        "name": fulfilment.name,
                        "phone": fulfilment.phone,
                        "room": fulfilment.room,
                    }
                    for fulfilment in order.fulfilments.all()
                ],
                "address": order.shipping_address.summary
                if order.shipping_address
                else None,
            }
            for order in orders
        ],
    }
    text = json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
    return HttpResponse(
        text,
        content_type="application/json",
        headers={"Content-Disposition": 'attachment; filename="ocop-quang-nam.json"'},
    )


@require_POST
@login_required
def delete(request: AuthenticatedShopRequest) -> HttpResponse:
    """Delete the account, and the person's name from finished orders."""
    response = redirect("account")
    with refusals_as_messages(request):
        delete_account(user=request.user)
        logout(request)
        messages.success(request, _("Your account and your name are deleted."))
        response = redirect("products")
    return response
