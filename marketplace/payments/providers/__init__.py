"""The payment providers, in the order in which they are offered."""

from marketplace.payments.providers.base import PaymentProvider
from marketplace.payments.providers.cash import CashOnDelivery, PayAtPoint
from marketplace.payments.providers.stripe import StripeCheckout
from marketplace.payments.providers.vietqr import VietQr

PROVIDERS: dict[str, PaymentProvider] = {
    provider.code: provider
    for provider in (PayAtPoint(), CashOnDelivery(), VietQr(), StripeCheckout())
}


def available_providers(*, receive: str) -> list[PaymentProvider]:
    """Those that are configured, for an order with the delivery method `receive`."""
    return [one for one in PROVIDERS.values() if one.is_available(receive=receive)]
