from django.apps import AppConfig


class PapersConfig(AppConfig):
    name = "marketplace.accounting"
    label = "papers"
    default = True
