from django.db.models import QuerySet
from oscar.apps.basket.abstract_models import AbstractBasket


class Basket(AbstractBasket):
    def all_lines(self) -> QuerySet:
        """The lines, fetched once, without the options and pictures that ours lack.

        Every page needs them, for their number beside the basket.
        """
        if self.pk is not None and self._lines is None:
            self._lines = super().all_lines().prefetch_related(None)
        return super().all_lines()

    @property
    def num_items(self) -> int:
        """The number of units; no query for a basket that was never saved."""
        return 0 if self.pk is None else super().num_items


# Oscar's models that are not forked belong to this app too; last, as Oscar requires.
from oscar.apps.basket.models import *  # type: ignore[assignment]  # noqa: E402, F403
