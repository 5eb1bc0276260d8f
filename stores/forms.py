"""What a keeper types."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.models import Product
from stores.models import CODE_LETTERS, SalesPoint

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
