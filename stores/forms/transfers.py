"""What a keeper types of goods that go from point to point."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.forms import CleanCharField, WholeNumberField
from stores.forms.fields import SubmittedOnceForm, units_field
from stores.models import SalesPoint


class TransferRequestForm(SubmittedOnceForm):
    """What a keeper asks another point for; the points are those that have it."""

    source = forms.ChoiceField(
        label=_("From which point"),
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), _("Choose a point that has it.")
        ),
    )
    units = units_field()
    note = CleanCharField(
        required=False,
        max_length=100,
        label=_("What for (may be left empty)"),
        widget=forms.TextInput,
    )

    def __init__(self, *args: Any, sources: Iterable[SalesPoint], **kwargs: Any):
        super().__init__(*args, **kwargs)
        source: Any = self.fields["source"]  # to its types it is a field of any kind
        source.choices = [(point.slug, point.name) for point in sources]


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
            self.fields[name] = WholeNumberField(
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


WHY = [
    ("broken", _("Broken")),
    ("missing", _("Missing")),
    ("wrong", _("Wrong goods")),
    ("other", _("Something else")),
]


class DifferenceForm(forms.Form):
    """Why other units came than were sent."""

    why = forms.ChoiceField(
        required=False,
        choices=WHY,
        error_messages={"invalid_choice": _("Choose why something is missing.")},
    )
    more = CleanCharField(
        required=False, max_length=120, label=_("In your words (may be left empty)")
    )

    def reason(self) -> str:
        """The valid form's answer as one sentence; empty when nothing is chosen."""
        chosen = dict(WHY).get(self.cleaned_data["why"])
        texts = [str(chosen or ""), self.cleaned_data["more"]]
        return ": ".join(filter(None, texts)) if chosen else ""


class CancelTransferForm(forms.Form):
    reason = CleanCharField(
        max_length=200,
        label=_("Why it is called off"),
        error_messages={"required": _("Say why it is called off.")},
    )
