"""Oscar's models of an order, with the address in one line, and what fulfils it."""

from oscar.apps.address.abstract_models import AbstractShippingAddress


class ShippingAddress(AbstractShippingAddress):
    @property
    def postal(self) -> str:
        """Street, ward and province, in one line."""
        return f"{self.line1}, {self.line3}, {self.line4}"


# Oscar's models that are not forked belong to this app too; last, as Oscar requires.
from oscar.apps.order.models import *  # type: ignore[assignment]  # noqa: E402, F403

from marketplace.orders.models.exemptions import LimitExemption  # noqa: E402
from marketplace.orders.models.fulfilments import (  # noqa: E402
    CODE_LETTERS,
    Fulfilment,
    FulfilmentLine,
    FulfilmentQuerySet,
    Hold,
    RefundDue,
    Return,
    WrongCodes,
    new_code,
)
