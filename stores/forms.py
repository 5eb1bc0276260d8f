"""What a keeper types."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from catalogue.models import Product
from stores.models import CODE_LETTERS, DeskSale, Fulfilment, Return, SalesPoint
from stores.sheets import MOST_BYTES

MOST_UNITS = 9_999


WHOLE_UNITS = dict.fromkeys(
    ("required", "invalid", "min_value", "max_value"),
    _("Write a whole number from 1 to 9,999."),
)


class CodeForm(forms.Form):
    """The buyer's code, however it is spaced or capitalised."""

    code = forms.CharField(
        max_length=20,
        error_messages={
            "required": _("Type the six signs of the code."),
            "max_length": _("A code has six signs, like K7M 4QX."),
        },
    )

    def clean_code(self) -> str:
        code = "".join(self.cleaned_data["code"].upper().split()).replace("-", "")
        if len(code) != 6 or set(code) - set(CODE_LETTERS):
            raise forms.ValidationError(
                _("A code has six signs, like K7M 4QX. It never has 0, O, 1, I or L.")
            )
        return code


class ProductForm(forms.Form):
    product = forms.CharField(
        max_length=120,
        label=_("Product, by name, number or bar code"),
        error_messages={"required": _("Say which product came.")},
    )

    def clean_product(self) -> Product:
        """The product whose number, bar code, address or exact name was typed."""
        typed = self.cleaned_data["product"].strip()
        number = typed.split(" ")[0]
        product = (
            Product.objects.filter(code__iexact=number).first()
            or Product.objects.filter(upc=typed).first()
            or Product.objects.filter(slug=typed).first()
            or Product.objects.filter(title__iexact=typed).first()
            or Product.objects.filter(title_en__iexact=typed).first()
        )
        if product is None:
            raise forms.ValidationError(
                _(
                    "No product has this name, number or bar code. Choose one of the"
                    " list."
                )
            )
        return product


class ReceiveForm(ProductForm):
    lot = forms.RegexField(
        r"^[A-Za-z0-9./_-]+$",
        max_length=20,
        label=_("Lot"),
        error_messages={
            "required": _("Write the lot as printed on the label."),
            "invalid": _("A lot has letters, digits and . / _ - only."),
        },
    )
    best_before = forms.DateField(
        required=False,
        label=_("Best before (empty if it does not expire)"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("That is not a date, like 24/12/2027.")},
    )
    quantity = forms.IntegerField(
        min_value=1,
        max_value=MOST_UNITS,
        label=_("Units"),
        error_messages=WHOLE_UNITS,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    document = forms.CharField(
        required=False, max_length=60, label=_("Delivery slip (may be left empty)")
    )


class CorrectForm(forms.Form):
    counted = forms.IntegerField(
        min_value=0,
        max_value=MOST_UNITS,
        label=_("Units that really lie there"),
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"),
            _("Write a whole number from 0 to 9,999."),
        ),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    reason = forms.CharField(
        max_length=200,
        label=_("Why"),
        error_messages={"required": _("Say why the number was wrong.")},
    )


class AskForm(forms.Form):
    """What a keeper asks another point for; the points are those that have it."""

    source = forms.ChoiceField(
        label=_("From which point"),
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), _("Choose a point that has it.")
        ),
    )
    units = forms.IntegerField(
        min_value=1,
        max_value=MOST_UNITS,
        label=_("Units"),
        error_messages=WHOLE_UNITS,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    note = forms.CharField(
        required=False,
        max_length=100,
        label=_("What for (may be left empty)"),
        widget=forms.TextInput,
    )

    def __init__(self, *args: Any, sources: Iterable[SalesPoint], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["source"].choices = [  # type: ignore[attr-defined]
            (point.slug, point.name) for point in sources
        ]


class LotsForm(forms.Form):
    """Units for each of some lots; an empty field is no answer, 0 is one."""

    def __init__(
        self,
        *args: Any,
        lots: Mapping[str, tuple[int, int | None]],
        too_many: str,
        **kwargs: Any,
    ) -> None:
        """`lots` maps a field's name to the most it takes and what it begins with;
        `too_many` is said of more and may name the %(limit_value)d."""
        super().__init__(*args, **kwargs)
        for name, (most, first) in lots.items():
            self.fields[name] = forms.IntegerField(
                min_value=0,
                max_value=most,
                initial=first,
                error_messages={
                    "required": _("Not counted yet."),
                    "invalid": _("Write a whole number, 0 for none."),
                    "min_value": _("Write a whole number, 0 for none."),
                    "max_value": too_many,
                },
            )


class DifferenceForm(forms.Form):
    """Why other units came than were sent."""

    why = forms.ChoiceField(
        required=False,
        choices=[
            ("broken", _("Broken")),
            ("missing", _("Missing")),
            ("wrong", _("Wrong goods")),
            ("other", _("Something else")),
        ],
        error_messages={"invalid_choice": _("Choose why something is missing.")},
    )
    more = forms.CharField(
        required=False, max_length=120, label=_("In your words (may be left empty)")
    )

    def reason(self) -> str:
        """The valid form's answer as one sentence; empty when nothing is chosen."""
        chosen = dict(self.fields["why"].choices).get(self.cleaned_data["why"])  # type: ignore[attr-defined]
        said = [str(chosen or ""), self.cleaned_data["more"]]
        return ": ".join(filter(None, said)) if chosen else ""


def units_field(**given: Any) -> forms.IntegerField:
    """Whole units, 1 or more."""
    usual: dict[str, Any] = {
        "min_value": 1,
        "max_value": MOST_UNITS,
        "label": _("Units"),
        "error_messages": WHOLE_UNITS,
        "widget": forms.NumberInput(attrs={"inputmode": "numeric"}),
    }
    return forms.IntegerField(**(usual | given))


class TakenForm(forms.Form):
    """Who takes the goods, where the code alone does not say it."""

    taken_by = forms.CharField(required=False, max_length=120)
    at_front_desk = forms.BooleanField(required=False)
    carrier = forms.CharField(required=False, max_length=40)
    tracking_number = forms.RegexField(
        r"^[A-Za-z0-9 .-]+$",
        required=False,
        max_length=40,
        error_messages={
            "invalid": _("A tracking number has letters, digits, spaces, . and - only.")
        },
    )

    def for_way(self, way: str) -> dict[str, Any]:
        """What the valid form says of a job of this way; the rest is dropped."""
        own = {
            Fulfilment.Way.POST: ["carrier", "tracking_number"],
            Fulfilment.Way.ROOM: ["taken_by", "at_front_desk"],
        }.get(Fulfilment.Way(way), ["taken_by"])
        return {name: self.cleaned_data[name] for name in own}


class ShortForm(forms.Form):
    """What of a line cannot be given, and why."""

    part = forms.IntegerField(min_value=1)
    units = units_field()
    reason = forms.CharField(
        max_length=200,
        label=_("Why"),
        error_messages={"required": _("Say why it cannot be given.")},
    )


class WriteOffForm(forms.Form):
    units = units_field(label=_("Units that are damaged"))
    reason = forms.CharField(
        required=False, max_length=200, label=_("What happened to them")
    )


class FindOrderForm(forms.Form):
    """An order's number or its pick-up code, as somebody types it."""

    q = forms.CharField(
        max_length=20,
        error_messages={
            "required": _("Type the order number or the code."),
            "max_length": _("An order number looks like QN-1234567."),
        },
    )

    def clean_q(self) -> str:
        typed = "".join(self.cleaned_data["q"].upper().split())
        return f"QN-{typed}" if re.fullmatch(r"\d{7}", typed) else typed


class TakeBackForm(forms.Form):
    part = forms.IntegerField(min_value=1)
    batch = forms.IntegerField(
        min_value=1, error_messages={"required": _("Choose the lot on the label.")}
    )
    units = units_field()
    decision = forms.ChoiceField(
        choices=Return.Decision.choices,
        error_messages={
            "required": _("Choose whether it goes back on the shelf."),
            "invalid_choice": _("Choose whether it goes back on the shelf."),
        },
    )
    reason = forms.CharField(
        max_length=200,
        label=_("Why it comes back"),
        error_messages={"required": _("Say why it comes back.")},
    )
    undelivered = forms.BooleanField(required=False)


class SaleForm(forms.Form):
    """The till: a number of units for each record, as fields `units-<record>`.

    Valid units are in `units`, those of 1 or more; `paid_by` is empty while the keeper
    is still adding up.
    """

    client_id = forms.RegexField(r"^[A-Za-z0-9-]{8,40}$", max_length=40)
    paid_by = forms.ChoiceField(required=False, choices=DeskSale.PaidBy.choices)
    given = forms.CharField(
        required=False, max_length=15, label=_("Cash given (may be left empty)")
    )
    q = forms.CharField(required=False, max_length=100)
    add = forms.IntegerField(required=False, min_value=1)

    def clean_given(self) -> int | None:
        """Whole dong, however the thousands are parted."""
        typed = re.sub(r"[\s.,₫đ]", "", self.cleaned_data["given"])
        if not typed:
            return None
        if not (typed.isascii() and typed.isdecimal()):
            raise forms.ValidationError(_("Write an amount in dong, like 200.000."))
        return int(typed)

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


class StockFileForm(forms.Form):
    file = forms.FileField(
        label=_("Stock as CSV or XLSX"),
        allow_empty_file=True,
        max_length=200,
        error_messages=dict.fromkeys(
            ("required", "invalid", "missing"), _("Choose a file.")
        )
        | {"max_length": _("The file's name is too long.")},
        widget=forms.FileInput(
            attrs={
                "accept": ".csv,.xlsx,text/csv,application/vnd.openxmlformats-"
                "officedocument.spreadsheetml.sheet"
            }
        ),
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if file.size is None or file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is too big: 5 MB at most."))
        file.name = "".join(c for c in file.name or "" if c.isprintable()) or "?"
        return file


class ThenForm(forms.Form):
    """A minute in the past; what happened in it has happened by its end."""

    at = forms.DateTimeField(
        label=_("As it was at"),
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
        ),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        error_messages=dict.fromkeys(
            ("required", "invalid"), _("Choose a day and a time.")
        ),
    )

    def clean_at(self) -> dt.datetime:
        minute: dt.datetime = self.cleaned_data["at"]
        if minute.year < 2000 or minute.year > 2100:
            raise forms.ValidationError(_("Choose a day and a time."))
        return minute + dt.timedelta(seconds=59, microseconds=999_999)


class CountForm(forms.Form):
    """What was found of a lot; `seen` is how often it had been counted before."""

    counted = forms.IntegerField(
        min_value=0,
        max_value=MOST_UNITS,
        label=_("Units that you found"),
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"),
            _("Write a whole number from 0 to 9,999."),
        ),
    )
    seen = forms.IntegerField(min_value=0, max_value=MOST_UNITS, required=False)

    def clean_seen(self) -> int:
        return self.cleaned_data["seen"] or 0


class BookCountForm(forms.Form):
    reason = forms.CharField(
        required=False,
        max_length=200,
        label=_("Why numbers differ"),
        widget=forms.TextInput(attrs={"list": "reasons"}),
    )


class ThresholdForm(forms.Form):
    threshold = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=MOST_UNITS,
        label=_("Runs low from so many free units (empty: not watched)"),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"),
            _("Write a whole number from 0 to 9,999."),
        ),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class RestockForm(forms.Form):
    """From which point, and how many; as the button said."""

    source = forms.ModelChoiceField(
        SalesPoint.objects.filter(is_open=True), to_field_name="slug"
    )
    units = forms.IntegerField(
        min_value=1, max_value=MOST_UNITS, error_messages=WHOLE_UNITS
    )
