"""Telephone numbers of Việt Nam, and of anywhere else with a plus sign before them."""

import re
from functools import lru_cache

import phonenumbers
from django.utils.translation import get_language
from phonenumbers import PhoneNumber, PhoneNumberFormat

HOME = "VN"


@lru_cache(maxsize=2_000)
def parse_phone(text: str) -> PhoneNumber | None:
    """The number, if it is one that can be called; letters do not stand for digits."""
    if re.search(r"[^\W\d_]", text):
        return None
    try:
        number = phonenumbers.parse(text, HOME)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


def international(text: str) -> str:
    """The number with its country's code, as it is stored; else the text itself.

    >>> international("0905 123 456")
    '+84 905 123 456'
    """
    number = parse_phone(text)
    if number is None:
        return text
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)


def format_phone(text: str) -> str:
    """The number as readers dial it: 0905 … in Vietnamese, +84 905 … in English."""
    number = parse_phone(text)
    if number and number.country_code == 84 and get_language() == "vi":
        return phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    return international(text)


def phone_url(text: str) -> str:
    """What a telephone calls, from every country: tel:+84-905-123-456."""
    number = parse_phone(text)
    if number is None:
        return f"tel:{text}"
    return phonenumbers.format_number(number, PhoneNumberFormat.RFC3966)


def phone_digits(text: str) -> str:
    """The digits with the country's code, to compare numbers; empty for what is none.

    >>> phone_digits("0905 123 456")
    '84905123456'
    """
    number = parse_phone(text)
    if number is None:
        return ""
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)[1:]
