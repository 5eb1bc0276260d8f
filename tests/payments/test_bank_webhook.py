"""What a bank-feed service posts: checked, counted once, never an error of ours."""

import json

import pytest
from django.test import Client

from marketplace.payments.bank.notices import MAX_BYTES
from marketplace.payments.models import PaymentEvent
from marketplace.payments.queries import transfers_to_match
from tests.payments.bank_credits import (
    BANK_SECRET,
    make_bank_notice,
    post_bank_notice,
    sign_seconds_ago,
)
from tests.payments.stripe_events import get_status, get_sums, sign_payload

BANK = PaymentEvent.objects.filter(source="bank")


@pytest.fixture(autouse=True)
def _feed_is_set_up(settings):
    settings.BANK_WEBHOOK_SECRET = BANK_SECRET


def test_bank_webhook_credit_pays_order(pending_transfer, unpaid):
    response = post_bank_notice(make_bank_notice(unpaid))

    assert (response.status_code, response.json()) == (
        200,
        {"outcome": "applied", "case": "exact"},
    )
    assert get_sums(pending_transfer) == ("paid", 190_000, 0)
    assert get_status(unpaid) == "confirmed"


def test_bank_webhook_repeated_notice_counts_once(pending_transfer, unpaid):
    data = make_bank_notice(unpaid)

    answers = [post_bank_notice(data).json() for _time in range(3)]

    assert answers == [{"outcome": "applied", "case": "exact"}] * 3
    assert get_sums(pending_transfer) == ("paid", 190_000, 0)
    assert BANK.count() == 1


def test_bank_webhook_unknown_order_needs_review(pending_transfer, unpaid):
    response = post_bank_notice(make_bank_notice(unpaid, purpose="QN0000000"))

    assert response.json() == {"outcome": "needs_review", "case": "unknown_order"}
    assert transfers_to_match().get().payload["raw"].startswith('{"reference"')
    assert get_sums(pending_transfer) == ("pending", 0, 0)


def test_bank_webhook_ignores_outgoing_amount(pending_transfer, unpaid):
    response = post_bank_notice(make_bank_notice(unpaid, amount_vnd=-190_000))

    assert response.json() == {"outcome": "ignored", "case": ""}
    assert not BANK.exists()


def test_bank_webhook_without_secret_returns_404(settings, unpaid):
    settings.BANK_WEBHOOK_SECRET = None

    assert (
        post_bank_notice(make_bank_notice(unpaid), signed="t=1,v1=x").status_code == 404
    )
    assert not BANK.exists()


def test_bank_webhook_refuses_get(db):
    assert Client().get("/webhooks/bank/").status_code == 405


BODY = b'{"reference": "FT1", "amount_vnd": 5}'


@pytest.mark.parametrize(
    "signed",
    [
        "",
        "t=,v1=",
        "v1=abc",
        "t=soon,v1=abc",
        "t=-1,v1=abc",
        "t=" + "9" * 400 + ",v1=abc",
        "t=١٢٣,v1=abc",
        "t=1,t=2,v1=abc",
        lambda: sign_seconds_ago(BODY, 301),
        lambda: sign_seconds_ago(BODY, -3600),
        lambda: sign_payload(BODY, secret="another secret"),
        lambda: sign_payload(BODY + b" ", secret=BANK_SECRET),
        lambda: sign_seconds_ago(BODY, 0).replace("v1=", "v0="),
        lambda: sign_seconds_ago(BODY, 0)[:-1] + "đ",
    ],
    ids=range(14),
)
def test_bank_webhook_refuses_invalid_signature(db, signed):
    if callable(signed):  # at the time of the test, not when it was collected
        signed = signed()

    response = post_bank_notice(BODY, signed=signed)

    assert response.status_code == 400
    assert response.json()["error"]["code"] == "not_signed"
    assert not PaymentEvent.objects.exists()


def test_bank_webhook_accepts_recent_timestamp_and_second_signature(db):
    signed = sign_seconds_ago(BODY, 290).replace("v1=", "v1=old,v1=")

    assert post_bank_notice(BODY, signed=signed).json()["outcome"] == "needs_review"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"[" * 60_000,
        b'{"amount_vnd": ' + b"9" * 5_000 + b"}",
        *[
            json.dumps(
                {"reference": "FT1", "amount_vnd": 5, "purpose": "x"} | wrong
            ).encode()
            for wrong in (
                {"amount_vnd": "5"},
                {"amount_vnd": 5.5},
                {"amount_vnd": True},
                {"amount_vnd": None},
                {"amount_vnd": 2**31},
                {"reference": ""},
                {"reference": "\x00 \ud800"},
                {"reference": 7},
                {"reference": "F" * 101},
                {"purpose": ["QN1234567"]},
                {"booked_at": "yesterday"},
                {"booked_at": 7},
                {"booked_at": "0001-01-01T00:00:00+14:00"},
                {"booked_at": "2099-12-31"},
                {"currency": "USD"},
            )
        ],
    ],
    ids=range(21),
)
def test_bank_webhook_unreadable_notice_needs_review_once(db, body):
    for _time in range(2):
        response = post_bank_notice(body)

        assert response.status_code == 422
        assert response.json()["error"]["code"] == "unreadable"
    (stored,) = transfers_to_match()
    assert (stored.code, stored.amount_vnd) == ("unreadable", 0)


def test_bank_webhook_strips_characters_the_database_refuses(pending_transfer, unpaid):
    data = make_bank_notice(unpaid, reference="FT\x001\ud800", note="\x00\ud800")
    data["purpose"] = f"\x00{data['purpose']}\udfff"

    assert post_bank_notice(data).json()["case"] == "exact"

    assert BANK.get().external_id == "FT1:paid"


@pytest.mark.parametrize("size", [MAX_BYTES + 1, 3 * 1024 * 1024])
def test_bank_webhook_refuses_oversized_body(db, size):
    response = post_bank_notice(b" " * size)

    assert response.status_code == 413
    assert response.json()["error"]["code"] == "too_big"
    assert not PaymentEvent.objects.exists()
