"""Events and refunds store codes; their sentences are made for the reader."""

from types import MappingProxyType

import pytest
from django.utils.translation import override

from marketplace.payments.models import Code, PaymentEvent

PARAMS = MappingProxyType(
    {
        "came": 7,
        "due": 190_000,
        "currency": "usd",
        "amount": "x",
        "message": "card declined",
        "order_status": "cancelled",
        "product": "tea",
        "point": "centre",
        "refund_reason": "returned",
    }
)


@pytest.mark.parametrize("code", [code for code in Code if code != Code.MESSAGE])
def test_explain_code_in_each_language_differs(code):
    event = PaymentEvent(code=code, params=PARAMS)

    with override("vi"):
        vietnamese = event.explanation
    with override("en"):
        english = event.explanation

    assert "%" not in vietnamese + english
    assert vietnamese != english


def test_explain_message_shows_text_of_third_party():
    params = {"message": "100 % declined"}

    assert PaymentEvent(code=Code.MESSAGE, params=params).explanation == (
        "100 % declined"
    )


def test_explain_event_without_code_says_nothing():
    assert PaymentEvent().explanation == ""
