from django.apps import AppConfig


class RatesConfig(AppConfig):
    name = "marketplace.rates"
    label = "rates"
    default = True
