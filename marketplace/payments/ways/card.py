"""Cards and wallets, through Stripe's own page."""

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from marketplace.payments import gateway
from marketplace.payments.models import Payment, Refund
from marketplace.payments.port import Asked, GivenBack, News, NotAnswering, Way

DOWN = "stripe-is-down"
DOWN_FOR_S = 60
"""After it did not answer, nobody is sent there for so long."""


class Card(Way):
    code = Payment.Way.STRIPE
    title = _("Card or wallet")
    says = _("On Stripe's page; Apple Pay and Google Pay too")
    icon = "card"
    hold = dt.timedelta(minutes=31)
    """Stripe's page lives for half an hour at least, counted when it hears of it."""
    shortest = dt.timedelta(minutes=30, seconds=30)

    def offered(self, *, receive: str) -> bool:
        return bool(settings.STRIPE_SECRET_KEY and settings.STRIPE_WEBHOOK_SECRET)

    def answers(self) -> bool:
        return not cache.get(DOWN)

    def ask(self, payment: Payment) -> Asked:
        try:
            return gateway.open_session(payment)
        except NotAnswering:
            cache.set(DOWN, True, DOWN_FOR_S)
            raise

    def end(self, payment: Payment) -> None:
        gateway.close_session(payment)

    def give_back(self, refund: Refund) -> GivenBack:
        return gateway.give_back(refund)

    def news_of(self, payment: Payment) -> Sequence[News]:
        return gateway.news_of(payment)
