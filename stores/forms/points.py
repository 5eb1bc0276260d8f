"""What a manager types of a sales point."""

import re
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models.functions import Lower
from django.utils.dates import WEEKDAYS as WEEKDAY_NAMES
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.forms import CleanCharField, PhoneField
from stores.models import SalesPoint
from stores.models.points import WEEKDAYS, validate_hours
from stores.operations.change_point import EDITABLE, point_version

SPAN = re.compile(r"\s*([0-2]?\d)[:h.]([0-5]\d)\s*[-–]\s*([0-2]?\d)[:h.]([0-5]\d)\s*")


class PointForm(forms.ModelForm):
    """Hours, services and keepers; a day is typed as `07:30–11:30, 13:30–18:00`."""

    addresses = CleanCharField(
        required=False,
        max_length=4_000,
        label=gettext_lazy("Keepers, by the mail address of their account"),
        help_text=gettext_lazy(
            "One to a line. They sell, receive, count and hand over at this point."
        ),
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )

    class Meta:
        model = SalesPoint
        fields = [field for field in EDITABLE if field != "hours"]  # they are typed
        field_classes = {  # noqa: RUF012  (as in Django's documentation)
            "phone": PhoneField,
            "note_vi": CleanCharField,
            "note_en": CleanCharField,
        }
        widgets = dict.fromkeys(("note_vi", "note_en"), forms.Textarea({"rows": 3}))
        labels = {  # noqa: RUF012  (as in Django's documentation)
            "phone": gettext_lazy("Phone"),
            "offers_pickup": gettext_lazy("Goods can be collected here"),
            "offers_room_delivery": gettext_lazy("Brings goods to hotel rooms"),
            "offers_tasting": gettext_lazy("Goods can be tasted here"),
            "note_vi": gettext_lazy("Note to visitors, in Vietnamese"),
            "note_en": gettext_lazy("Note to visitors, in English"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version = point_version(self.instance)
        self.seen = self.data.get("seen") or self.version
        keepers = self.instance.keepers.order_by("email")
        self.initial["addresses"] = "\r\n".join(keeper.email for keeper in keepers)
        for day, name in zip(WEEKDAYS, WEEKDAY_NAMES.values(), strict=True):
            self.fields[day] = CleanCharField(
                required=False, max_length=60, label=capfirst(name)
            )
            self.initial[day] = ", ".join(
                f"{opens}–{closes}" for opens, closes in self.instance.hours[day]
            )

    def days(self) -> list[forms.BoundField]:
        return [self[day] for day in WEEKDAYS]

    def services(self) -> list[forms.BoundField]:
        return [field for field in self if field.name.startswith("offers_")]

    def clean_addresses(self) -> list[Any]:
        """The people behind the addresses."""
        typed = {one.lower() for one in self.cleaned_data["addresses"].split()}
        people = get_user_model().objects.filter(is_active=True)
        people = people.annotate(lower=Lower("email"))
        found = {one.lower: one for one in people.filter(lower__in=typed)}
        unknown = ", ".join(sorted(typed - found.keys()))
        if unknown:
            why = _("Nobody has an account with %(addresses)s.")
            raise ValidationError(why % {"addresses": unknown})
        return list(found.values())

    def clean(self) -> None:
        """Put the days together; each that cannot be read says so itself."""
        hours: dict[str, list[list[str]]] = {}
        for day in WEEKDAYS:
            try:
                hours[day] = parse_hours(self.cleaned_data.get(day, ""))
                validate_hours(dict.fromkeys(WEEKDAYS, []) | {day: hours[day]})
            except ValidationError:
                why = _("Write times as 07:30–11:30, 13:30–18:00; empty is a day off.")
                self.add_error(day, why)
        self.cleaned_data["hours"] = hours

    def new_values(self) -> dict[str, object]:
        """Field to value, as `change_point` writes them."""
        return {name: self.cleaned_data[name] for name in EDITABLE}

    def keepers(self) -> list[Any]:
        people: list[Any] = self.cleaned_data["addresses"]
        return people

    def add_conflict(self) -> None:
        """Say where it differs from what is there now; saved again, it counts."""
        self.seen = self.version
        labels = [str(self.fields[name].label) for name in self.changed_data]
        why = _(
            "Somebody else has saved this point since you opened it, and nothing of"
            " yours was saved. What you typed differs from what is there now in:"
            " %(fields)s. Save again to have it your way, or open the page anew to"
            " see theirs."
        )
        self.add_error(None, why % {"fields": ", ".join(labels)})


def parse_hours(text: str) -> list[list[str]]:
    """`7h30-11:30, 13:30–18:00` as [["07:30", "11:30"], ["13:30", "18:00"]].

    Raises ValidationError.
    """
    spans = []
    for interval in text.split(",") if text.strip() else []:
        read = SPAN.fullmatch(interval)
        if not read:
            raise ValidationError(interval)
        from_h, from_m, to_h, to_m = read.groups()
        spans.append([f"{from_h:0>2}:{from_m}", f"{to_h:0>2}:{to_m}"])
    return spans
