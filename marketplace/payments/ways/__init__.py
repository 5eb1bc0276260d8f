"""The ways to pay, in the order in which they are offered."""

from marketplace.payments.port import Way
from marketplace.payments.ways.card import Card
from marketplace.payments.ways.cash import AtThePoint, ToThePostman
from marketplace.payments.ways.vietqr import VietQr

WAYS: dict[str, Way] = {
    way.code: way for way in (AtThePoint(), ToThePostman(), VietQr(), Card())
}


def offered(*, receive: str) -> list[Way]:
    """The ways that are set up, for an order received in this way."""
    return [way for way in WAYS.values() if way.offered(receive=receive)]
