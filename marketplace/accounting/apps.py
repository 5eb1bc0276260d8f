from django.apps import AppConfig


class AccountingConfig(AppConfig):
    name = "marketplace.accounting"
    label = "accounting"
    default = True
