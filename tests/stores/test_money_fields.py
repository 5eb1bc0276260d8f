"""Amounts of dong, as banks write them and keepers type them."""

import pytest
from django import forms

from catalogue.forms import WholeNumberField
from catalogue.money import MOST_VND, parse_dong
from marketplace.checkout.basket.forms import QuantityForm
from marketplace.orders.forms import ReturnForm, ShortForm
from marketplace.payments.forms import RefundForm
from marketplace.storefront.orders import CancelUnitsForm
from stores.forms.fields import DongField
from stores.forms.shelf import (
    CorrectForm,
    CountForm,
    ReceiveForm,
    RestockForm,
    ThresholdForm,
    WriteOffForm,
)
from stores.forms.transfers import TransferRequestForm


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


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1.000", 1_000),
        ("12,000", 12_000),
        ("1\u00a0000", 1_000),
        ("1.000.000", 1_000_000),
        ("7", 7),
        (7, 7),
        ("", None),
    ],
)
def test_whole_number_field_accepts_parted_thousands(typed, number):
    assert WholeNumberField(required=False).clean(typed) == number


@pytest.mark.parametrize(
    "typed", ["1.0", "2.5", "1.00", "1.0000", ".5", "1e3", "²", "x"]
)
def test_whole_number_field_refuses_fractions(typed):
    with pytest.raises(forms.ValidationError):
        WholeNumberField().clean(typed)


FORMS = (
    (ReceiveForm, "quantity"),
    (CorrectForm, "counted"),
    (WriteOffForm, "units"),
    (ThresholdForm, "threshold"),
    (RestockForm, "units"),
    (CountForm, "counted"),
    (TransferRequestForm, "units"),
    (ShortForm, "units"),
    (ReturnForm, "units"),
    (QuantityForm, "quantity"),
    (CancelUnitsForm, "units"),
    (RefundForm, "amount_vnd"),
)


@pytest.mark.parametrize(("form", "name"), FORMS)
def test_form_never_reads_parted_thousands_as_one(form, name):
    assert isinstance(form.base_fields[name], WholeNumberField)


def test_dong_field_accepts_negative_amounts_when_allowed():
    assert DongField(may_be_negative=True).clean("−5.000") == -5_000
    with pytest.raises(forms.ValidationError):
        DongField(may_be_negative=True).clean("-9999999999")
