from django.apps import AppConfig


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

        from marketplace import checks, indexing  # noqa: F401  (they register themselves)

        product_viewed.disconnect(analytics.receive_product_view)
        order_placed.disconnect(analytics.receive_order_placed)
