"""Forms of the office: refunds, statements, matching transfers."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.forms import CleanCharField, WholeNumberField
from marketplace.orders.models import Line, Order
from marketplace.payments.bank.matching import find_order_numbers, normalize_purpose
from marketplace.payments.models import Payment
from stores.forms.fields import UploadField
from stores.models import DeskSale, SalesPoint


class RefundForm(forms.Form):
    """An amount, or units of lines; the key makes a form sent twice one refund."""

    amount_vnd = WholeNumberField(
        required=False,
        min_value=1,
        max_value=2**31 - 1,
        label=_("Amount in dong"),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "invalid": _("Write an amount in dong. Example: 200.000."),
            "min_value": _("Write an amount, or choose goods."),
            "max_value": _("That is more than anybody paid."),
        },
    )
    reason = CleanCharField(
        max_length=200,
        label=_("Reason"),
        error_messages={"required": _("Write why the money goes back.")},
    )
    key = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(
            ("required", "invalid"),
            _("This form did not arrive whole. Load the page again and fill it in."),
        ),
    )

    def __init__(self, *args: Any, payment: Payment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", uuid.uuid4())
        self.lines = list(payment.order.lines.order_by("pk"))
        for line in self.lines:
            self.fields[f"units_{line.pk}"] = WholeNumberField(
                required=False,
                min_value=0,
                max_value=line.quantity,
                error_messages=dict.fromkeys(
                    ("invalid", "min_value", "max_value"),
                    _("Choose how many of these go back."),
                ),
            )

    def units(self) -> dict[Line, int]:
        """Order line to the units to refund, without those of none."""
        chosen = {line: self.cleaned_data[f"units_{line.pk}"] for line in self.lines}
        return {line: number for line, number in chosen.items() if number}


class ManualRefundForm(forms.Form):
    """How money was refunded; cash comes out of the till of a sales point."""

    paid_by = forms.ChoiceField(
        choices=DeskSale.PaidBy.choices,
        label=_("Given back by"),
        error_messages={
            "required": _("Choose how it was given back."),
            "invalid_choice": _("Choose how it was given back."),
        },
    )
    sales_point = forms.ModelChoiceField(
        SalesPoint.objects.order_by("pk"),
        to_field_name="slug",
        required=False,
        label=_("At the desk of"),
        error_messages={"invalid_choice": _("There is no such point.")},
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        is_cash = cleaned.get("paid_by") == DeskSale.PaidBy.CASH
        if is_cash and not cleaned.get("sales_point"):
            self.add_error(
                "sales_point", _("Choose out of which till the cash was taken.")
            )
        return cleaned


class StatementForm(forms.Form):
    file = UploadField(
        label=_("Statement of the account as CSV"), accept=".csv,text/csv"
    )


class DismissForm(forms.Form):
    reason = CleanCharField(
        max_length=200,
        error_messages={
            "required": _("Write how you know."),
            "max_length": _("Write 200 characters at most."),
        },
    )


class MatchForm(DismissForm):
    """The number of an order, however it is written; cleaned, it is the order."""

    order = CleanCharField(
        max_length=40,
        error_messages=dict.fromkeys(
            ("required", "max_length"), _("An order number looks like QN-1234567.")
        ),
    )
    field_order = ("order", "reason")

    def clean_order(self) -> Order:
        text = normalize_purpose(self.cleaned_data["order"])
        numbers = find_order_numbers(f"qn{text}" if text.isdecimal() else text)
        digits = "".join(sign for sign in text if sign.isdecimal())
        order = None
        if numbers == [f"QN-{digits}"]:  # one number, and no digit of another
            order = Order.objects.filter(number=numbers[0]).first()
        if order is None:
            raise forms.ValidationError(_("There is no order of this number."))
        return order
