"""The secret half of an order's address."""

import re

import pytest
from django.core.signing import Signer

from marketplace.orders import order_links
from marketplace.orders.order_links import is_order_token, order_token


def test_order_token_opens_its_order():
    token = order_token("QN-1234567")

    assert is_order_token("QN-1234567", token)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token)


def test_order_token_opens_no_other_order():
    assert not is_order_token("QN-1234568", order_token("QN-1234567"))


@pytest.mark.parametrize("guess", ["", "x", "QN-1234567", "ư" * 43, "\x00", "a" * 43])
def test_order_token_refuses_guess(guess):
    assert not is_order_token("QN-1234567", guess)


def test_order_token_refuses_changed_length():
    token = order_token("QN-1234567")

    assert not is_order_token("QN-1234567", token[:-1])
    assert not is_order_token("QN-1234567", token + "A")


def test_order_token_refuses_signature_with_other_salt():
    elsewhere = Signer(salt="another page").signature("QN-1234567")

    assert not is_order_token("QN-1234567", elsewhere)


def test_order_token_accepts_former_key(monkeypatch):
    former = order_token("QN-1234567")
    old_key = order_links._signer.key
    monkeypatch.setattr(
        order_links,
        "_signer",
        Signer(key="new", fallback_keys=[old_key], salt="order page"),
    )

    assert order_token("QN-1234567") != former
    assert is_order_token("QN-1234567", former)


def test_order_token_refuses_dropped_key(monkeypatch):
    former = order_token("QN-1234567")
    monkeypatch.setattr(
        order_links, "_signer", Signer(key="new", fallback_keys=[], salt="order page")
    )

    assert not is_order_token("QN-1234567", former)
