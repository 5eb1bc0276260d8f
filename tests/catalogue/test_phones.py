"""Telephone numbers: which are valid, and how each language writes them."""

import pytest
from django.utils import translation

from catalogue.phones import format_phone, international, parse_phone, phone_url


@pytest.mark.parametrize(
    "typed",
    [
        "0905 123 45",
        "1234567",
        "00000000",
        "0905abcdef",
        "0905 123 456 ext 5",
        "+84 1234",
        "call me",
        "",
    ],
)
def test_parse_phone_refuses_what_cannot_be_called(typed):
    assert parse_phone(typed) is None


@pytest.mark.parametrize(
    ("typed", "stored", "vietnamese", "url"),
    [
        ("0905123456", "+84 905 123 456", "0905 123 456", "tel:+84-905-123-456"),
        ("(+84) 905-123.456", "+84 905 123 456", "0905 123 456", "tel:+84-905-123-456"),
        ("0235 386 1234", "+84 235 3861 234", "0235 3861 234", "tel:+84-235-3861-234"),
        ("+82 10-1234-5678", *["+82 10-1234-5678"] * 2, "tel:+82-10-1234-5678"),
    ],
)
def test_phone_is_national_in_vietnamese_and_international_elsewhere(
    typed, stored, vietnamese, url
):
    assert international(typed) == stored
    assert phone_url(typed) == phone_url(stored) == url
    for language, text in (("vi", vietnamese), ("en", stored)):
        with translation.override(language):
            assert format_phone(typed) == format_phone(stored) == text


def test_phone_that_is_stored_and_invalid_stays_as_it_is():
    assert format_phone("0999") == international("0999") == "0999"
    assert phone_url("0999") == "tel:0999"
