"""The office: buyers who may have more unpaid orders than others."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from catalogue.forms import CleanCharField
from catalogue.phones import phone_digits
from catalogue.refusals import Refusal, add_refusal, refusals_as_messages
from marketplace.orders.models import LimitExemption
from marketplace.orders.operations.exempt import end_exemption, exempt_buyer
from marketplace.payments.views.office import for_managers
from stores.middleware import AuthenticatedShopRequest

LISTED = 200


class ExemptionForm(forms.Form):
    contact = CleanCharField(
        max_length=254,
        label=gettext_lazy("Telephone or email"),
        error_messages={
            "required": gettext_lazy("Write the buyer's telephone or email.")
        },
    )
    reason = CleanCharField(
        max_length=200,
        label=gettext_lazy("Why"),
        error_messages={
            "required": gettext_lazy(
                "Say why this buyer may have more unpaid orders than others."
            )
        },
    )

    def clean_contact(self) -> str:
        """A mail address in lower case, or the digits of a telephone number."""
        contact = self.cleaned_data["contact"]
        if "@" in contact:
            return forms.EmailField().clean(contact).lower()
        digits = phone_digits(contact)
        if not digits:
            raise forms.ValidationError(
                _("That is not a telephone number. Example: 0905 123 456.")
            )
        return digits


@for_managers
@require_http_methods(["GET", "HEAD", "POST"])
def buyers(request: AuthenticatedShopRequest) -> HttpResponse:
    """Who is exempt from the limits, by whom and why; and one more."""
    form = ExemptionForm(request.POST or None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            exempt_buyer(actor=request.user, at=timezone.now(), **form.cleaned_data)
            messages.success(request, _("The limits do not hold for this buyer."))
            return redirect("office-buyers")
        except Refusal as refusal:
            add_refusal(form, refusal)
            status = refusal.status
    rows = LimitExemption.objects.select_related("actor", "ended_by")
    context = {"form": form, "exemptions": rows.order_by("-pk")[:LISTED]}
    return render(request, "checkout/office/buyers.html", context, status=status)


@for_managers
@require_POST
def end(request: AuthenticatedShopRequest, pk: int) -> HttpResponse:
    """The limits hold again for a buyer."""
    exemption = get_object_or_404(LimitExemption, pk=pk)
    with refusals_as_messages(request):
        end_exemption(exemption=exemption, actor=request.user, at=timezone.now())
        messages.success(request, _("The limits hold again for this buyer."))
    return redirect("office-buyers")
