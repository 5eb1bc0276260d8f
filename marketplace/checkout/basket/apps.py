from oscar.core.application import OscarConfig


class BasketConfig(OscarConfig):
    name = "marketplace.checkout.basket"
    label = "basket"
    namespace = "basket"
    default = True
