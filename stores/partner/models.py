"""Oscar's stock record, which never allocates more than it has."""

from django.db import models
from oscar.apps.partner.abstract_models import AbstractStockRecord


class StockRecord(AbstractStockRecord):
    class Meta(AbstractStockRecord.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(num_allocated=None)
                | models.Q(
                    num_in_stock__isnull=False,
                    num_allocated__gte=0,
                    num_allocated__lte=models.F("num_in_stock"),
                )
                | models.Q(num_allocated=0, num_in_stock=None),
                name="stockrecord_never_oversold",
            )
        ]


# Oscar's models that are not forked belong to this app too; last, as Oscar requires.
from oscar.apps.partner.models import *  # type: ignore[assignment]  # noqa: E402, F403
