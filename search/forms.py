"""The parameters of a search."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.forms import LineField, WholeNumberField
from catalogue.models import Area, Flies, Group, Subgroup
from search.results import MAX_TEXT_LENGTH, SORTS, Filters, SearchQuery
from stores.models import SalesPoint

MAX_PAGE = 100_000
TOO_LONG = _("That is too long to search for: 200 characters at most.")


CONFLICT = "conflict"
"""The code of an error of two parameters, each of which is valid by itself."""


class NamesField(forms.MultipleChoiceField):
    """Some of the choices; an empty one, as forms send it, is none."""

    def to_python(self, value: Any) -> list[str]:
        return [name for name in super().to_python(value) if name]


class StarsField(NamesField, forms.TypedMultipleChoiceField):
    pass


class SearchForm(forms.Form):
    """The parameters of /products/.

    `get_query` leaves out the invalid ones, which are in `errors`.
    """

    q = LineField(
        required=False,
        max_length=MAX_TEXT_LENGTH,
        error_messages={"max_length": TOO_LONG},
    )
    district = NamesField(required=False)
    group = NamesField(
        required=False,
        choices=[*Group.choices, *Subgroup.choices],
        error_messages={"invalid_choice": _("There is no product group “%(value)s”.")},
    )
    stars = StarsField(
        required=False,
        choices=[(stars, stars) for stars in (5, 4, 3)],
        coerce=int,
        error_messages={
            "invalid_choice": _("Stars are 3, 4 or 5, and not “%(value)s”.")
        },
    )
    carry = NamesField(
        required=False,
        choices=[choice for choice in Flies.choices if choice[0]],
        error_messages={
            "invalid_choice": _("There is no way to carry called “%(value)s”.")
        },
    )
    point = forms.ChoiceField(required=False)
    price_min = WholeNumberField(
        required=False,
        min_value=0,
        max_value=2_000_000_000,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"),
            _("The lowest price is not a whole number of dong."),
        ),
    )
    price_max = WholeNumberField(
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
        max_value=MAX_PAGE,
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
        fields: dict[str, Any] = self.fields  # the type of each field is not known
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
        data = self.cleaned_data
        low, high = data.get("price_min"), data.get("price_max")
        if low is not None and high is not None and low > high:
            message = _("The highest price is below the lowest price.")
            self.add_error("price_max", forms.ValidationError(message, CONFLICT))
            data["price_min"] = data["price_max"] = None
        return data

    def get_query(
        self, *, language: str, near: str | None, kind: str = "product"
    ) -> SearchQuery:
        """The query, without the parameters that are invalid."""
        self.is_valid()
        data = self.cleaned_data
        return SearchQuery(
            text=data.get("q") or "",
            language=language,
            filters=Filters(
                districts=tuple(data.get("district") or ()),
                groups=tuple(data.get("group") or ()),
                stars=tuple(data.get("stars") or ()),
                flies=tuple(data.get("carry") or ()),
                point=data.get("point") or None,
                price_min=data.get("price_min"),
                price_max=data.get("price_max"),
            ),
            sort=data.get("sort") or "near",
            near=near,
            page=data.get("page") or 1,
            kind=kind,
        )
