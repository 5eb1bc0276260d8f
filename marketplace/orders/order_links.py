"""The secret half of an order's address, which lets a buyer in without an account."""

from django.core.signing import Signer
from django.utils.crypto import constant_time_compare

_signer = Signer(salt="order page")


def order_token(number: str) -> str:
    """43 signs that only we can make from the order number."""
    return _signer.signature(number)


def is_order_token(number: str, token: str) -> bool:
    """Whether the token is the order's, made with this secret key or a former one."""
    keys = [_signer.key, *_signer.fallback_keys]
    return any(
        constant_time_compare(token, _signer.signature(number, key)) for key in keys
    )
