"""Reading a question out of an address."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.models import Area, Flies, Group, Subgroup
from catalogue.text import one_line
from search.question import LONGEST_TEXT, SORTS, Filters, Question
from stores.models import SalesPoint

MOST_PAGES = 100_000


class PriceField(forms.IntegerField):
    """Whole dong, also as people write them: 100.000, 100,000 or 100 000."""

    def to_python(self, value: Any) -> int | None:
        text = str(value or "").strip()
        if re.fullmatch(r"\d{1,3}([.,\s]\d{3})+", text):
            text = re.sub(r"\D", "", text)
        return super().to_python(text)


class QuestionForm(forms.Form):
    """The parameters of /products/; `question` is there whether or not all were valid.

    What cannot be read is left out of the question and named in `errors`.
    """

    q = forms.CharField(
        required=False,
        max_length=LONGEST_TEXT,
        error_messages={
            "max_length": _("That is too long to search for: 200 characters at most.")
        },
    )
    district = forms.MultipleChoiceField(required=False)
    group = forms.MultipleChoiceField(
        required=False,
        choices=[*Group.choices, *Subgroup.choices],
        error_messages={"invalid_choice": _("There is no product group “%(value)s”.")},
    )
    stars = forms.TypedMultipleChoiceField(
        required=False,
        choices=[(stars, stars) for stars in (5, 4, 3)],
        coerce=int,
        error_messages={
            "invalid_choice": _("Stars are 3, 4 or 5, and not “%(value)s”.")
        },
    )
    carry = forms.MultipleChoiceField(
        required=False,
        choices=[choice for choice in Flies.choices if choice[0]],
        error_messages={
            "invalid_choice": _("There is no way to carry called “%(value)s”.")
        },
    )
    point = forms.ChoiceField(required=False)
    price_min = PriceField(
        required=False,
        min_value=0,
        max_value=2_000_000_000,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"),
            _("The lowest price is not a whole number of dong."),
        ),
    )
    price_max = PriceField(
        required=False,
        min_value=0,
        max_value=2_000_000_000,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"),
            _("The highest price is not a whole number of dong."),
        ),
    )
    sort = forms.ChoiceField(
        required=False,
        choices=[(sort, sort) for sort in SORTS],
        error_messages={"invalid_choice": _("Goods cannot be sorted by “%(value)s”.")},
    )
    page = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST_PAGES,
        error_messages={"invalid": _("The page is not a number.")},
    )

    def __init__(
        self,
        *args: Any,
        districts: Iterable[Area],
        points: Iterable[SalesPoint],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields  # which is which, types do not know
        fields["district"].choices = [(area.slug, area) for area in districts]
        fields["district"].error_messages["invalid_choice"] = _(
            "Quảng Nam has no district “%(value)s”."
        )
        fields["point"].choices = [(point.slug, point) for point in points]
        fields["point"].error_messages["invalid_choice"] = _(
            "There is no sales point “%(value)s”."
        )

    def clean(self) -> dict[str, Any]:
        super().clean()
        asked = self.cleaned_data
        low, high = asked.get("price_min"), asked.get("price_max")
        if low is not None and high is not None and low > high:
            self.add_error(
                "price_max", _("The highest price is below the lowest price.")
            )
            asked["price_min"] = asked["price_max"] = None
        return asked

    def question(
        self, *, language: str, near: str | None, kind: str = "product"
    ) -> Question:
        """What was asked, without what could not be read."""
        self.is_valid()
        asked = self.cleaned_data
        return Question(
            text=one_line(asked.get("q") or ""),
            language=language,
            filters=Filters(
                districts=tuple(asked.get("district") or ()),
                groups=tuple(asked.get("group") or ()),
                stars=tuple(asked.get("stars") or ()),
                flies=tuple(asked.get("carry") or ()),
                point=asked.get("point") or None,
                price_min=asked.get("price_min"),
                price_max=asked.get("price_max"),
            ),
            sort=asked.get("sort") or "near",
            near=near,
            page=asked.get("page") or 1,
            kind=kind,
        )
