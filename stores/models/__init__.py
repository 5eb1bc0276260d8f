"""Sales points, the goods in them, and what they owe to buyers."""

from stores.models.counts import RECOUNT_ABOVE, CountLine, StockCount
from stores.models.jobs import (
    CODE_LETTERS,
    Fulfilment,
    FulfilmentLine,
    Hold,
    RefundDue,
    Return,
    new_code,
)
from stores.models.ledger import StockForm, StockLot, StockMovement
from stores.models.points import WEEKDAYS, LeadTime, SalesPoint, validate_hours
from stores.models.sales import DeskSale, DeskSaleLine
from stores.models.transfers import Transfer, TransferAsk, TransferLine, TransferLot

__all__ = [
    "CODE_LETTERS",
    "RECOUNT_ABOVE",
    "WEEKDAYS",
    "CountLine",
    "DeskSale",
    "DeskSaleLine",
    "Fulfilment",
    "FulfilmentLine",
    "Hold",
    "LeadTime",
    "RefundDue",
    "Return",
    "SalesPoint",
    "StockCount",
    "StockForm",
    "StockLot",
    "StockMovement",
    "Transfer",
    "TransferAsk",
    "TransferLine",
    "TransferLot",
    "new_code",
    "validate_hours",
]
