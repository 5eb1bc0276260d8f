"""What a keeper types at the till."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.forms import CleanCharField, day_field
from stores.forms.fields import (
    MOST_UNITS,
    DongField,
    SubmittedOnceForm,
    none_or_more_field,
    units_field,
)
from stores.models import DeskSale
from stores.operations.undo_sale import Decision
from stores.queries.sales import SoldLot


class SaleForm(SubmittedOnceForm):
    """The till: a number of units for each record, as fields `units-<record>`.

    Valid units are in `units`, those of 1 or more; `paid_by` is empty while the keeper
    is still adding up.
    """

    paid_by = forms.ChoiceField(required=False, choices=DeskSale.PaidBy.choices)
    cash_received = DongField(
        required=False, max_length=15, label=_("Cash given (may be left empty)")
    )
    q = CleanCharField(required=False, max_length=100)
    add = forms.IntegerField(required=False, min_value=1, max_value=10**18)

    def clean(self) -> dict[str, Any]:
        super().clean()
        units = units_field(min_value=0, required=False)
        self.units: dict[int, int] = {}
        for name, value in self.data.items():
            found = re.fullmatch(r"units-(\d{1,18})", name)
            if not found:
                continue
            try:
                number = units.clean(value)
            except forms.ValidationError as wrong:
                self.add_error(None, wrong)
                continue
            if number:
                self.units[int(found[1])] = number
        if added := self.cleaned_data.get("add"):
            self.units[added] = min(self.units.get(added, 0) + 1, MOST_UNITS)
        return self.cleaned_data


class FindSaleForm(forms.Form):
    """A receipt's number, or the day whose sales are listed."""

    number = forms.RegexField(
        r"(?i)^\s*(?:BQ-?)?\d{1,9}\s*\Z",
        required=False,
        label=_("Receipt number"),
        error_messages={"invalid": _("A receipt number looks like BQ-00012.")},
    )
    day = day_field(required=False, label=_("Day"))

    def clean_number(self) -> int | None:
        digits = re.sub(r"\D", "", self.cleaned_data["number"])
        return int(digits) if digits else None


class UndoSaleForm(SubmittedOnceForm):
    """What of a sale is taken back, by lot; all that is left of it, to begin with."""

    decision = forms.ChoiceField(
        choices=[("", "–"), *Decision.choices],
        label=_("What becomes of it"),
        error_messages={
            "required": _("Choose what became of it."),
            "invalid_choice": _("Choose what became of it."),
        },
    )
    refunded_by = forms.ChoiceField(
        choices=DeskSale.PaidBy.choices, label=_("How the money goes back")
    )
    reason = CleanCharField(
        max_length=200,
        label=_("Why"),
        error_messages={"required": _("Say why the sale is taken back.")},
    )

    def __init__(self, lots: Iterable[SoldLot], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lots = list(lots)
        for lot in self.lots:
            self.fields[lot.field] = none_or_more_field(initial=lot.units)

    @property
    def rows(self) -> list[tuple[SoldLot, forms.BoundField]]:
        return [(lot, self[lot.field]) for lot in self.lots]

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments of `undo_sale`."""
        units = {lot.field: self.cleaned_data[lot.field] for lot in self.lots}
        names = ("decision", "refunded_by", "reason", "client_id")
        return {name: self.cleaned_data[name] for name in names} | {"units": units}
