from oscar.core.application import OscarConfig


class OrderConfig(OscarConfig):
    name = "marketplace.orders"
    label = "order"
    namespace = "order"
    default = True
