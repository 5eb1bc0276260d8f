from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register
from django.utils.translation import gettext, override


class MarketplaceConfig(AppConfig):
    name = "marketplace"
    default = True

    def ready(self) -> None:
        """Have stories searched, and silence Oscar's counters.

        The counters write a row per product page, and lock product rows in basket order
        while an order is placed, which can deadlock with another order.
        """
        from oscar.apps.analytics import receivers as analytics
        from oscar.apps.catalogue.signals import product_viewed
        from oscar.apps.order.signals import order_placed

        from marketplace import indexing  # noqa: F401  (connects its receivers)

        product_viewed.disconnect(analytics.receive_product_view)
        order_placed.disconnect(analytics.receive_order_placed)


@register()
def words_are_compiled(**_options: object) -> list[CheckMessage]:
    """Without its compiled words the shop would speak English on Vietnamese pages."""
    with override("vi"):
        if gettext("Your basket") != "Your basket":
            return []
    return [
        Error(
            "The Vietnamese words are not compiled.", hint="make build", id="ocop.E001"
        )
    ]
