"""Sales points and the goods in them."""

from stores.idempotency import SubmittedForm
from stores.models.counts import RECOUNT_ABOVE, CountLine, StockCount
from stores.models.ledger import StockLot, StockMovement
from stores.models.letters import Letter
from stores.models.points import WEEKDAYS, LeadTime, SalesPoint, validate_hours
from stores.models.reservations import Reservation, ReservationQuerySet
from stores.models.sales import DeskSale, SalesEntry, vat_sums
from stores.models.transfers import Transfer, TransferLine, TransferLot

__all__ = [
    "RECOUNT_ABOVE",
    "WEEKDAYS",
    "CountLine",
    "DeskSale",
    "LeadTime",
    "Letter",
    "Reservation",
    "ReservationQuerySet",
    "SalesEntry",
    "SalesPoint",
    "StockCount",
    "StockLot",
    "StockMovement",
    "SubmittedForm",
    "Transfer",
    "TransferLine",
    "TransferLot",
    "validate_hours",
    "vat_sums",
]
