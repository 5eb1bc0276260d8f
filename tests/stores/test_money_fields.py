"""Amounts of dong, as banks write them and keepers type them."""

import pytest
from django import forms

from catalogue.money import MOST_VND, parse_dong
from stores.forms.fields import DongField


@pytest.mark.parametrize(
    ("text", "vnd"),
    [
        ("190000", 190_000),
        ("190.000", 190_000),
        ("190,000.00", 190_000),
        ("1.190.000 đ", 1_190_000),
        ("-190.000", -190_000),
        ("", 0),
        ("-", 0),
        ("19.00.00", None),
        ("1,5", None),
        ("１９０", None),
        ("9" * 16, None),
    ],
)
def test_parse_dong_accepts_bank_formats(text, vnd):
    assert parse_dong(text) == vnd


@pytest.mark.parametrize(
    ("typed", "vnd"),
    [
        ("200.000", 200_000),
        ("200 000 ₫", 200_000),
        ("0", 0),
        (" ", None),
        ("2147483647", MOST_VND),
    ],
)
def test_dong_field_accepts_typed_amounts(typed, vnd):
    assert DongField(required=False).clean(typed) == vnd


@pytest.mark.parametrize(
    "typed", ["1.5", "12.34", "200.0000", "-5000", "₫", "ten", "２００", "2147483648"]
)
def test_dong_field_refuses_invalid_amounts(typed):
    with pytest.raises(forms.ValidationError, match="200"):
        DongField().clean(typed)


def test_dong_field_accepts_negative_amounts_when_allowed():
    assert DongField(may_be_negative=True).clean("−5.000") == -5_000
    with pytest.raises(forms.ValidationError):
        DongField(may_be_negative=True).clean("-9999999999")
