from oscar.apps.partner import apps


class PartnerConfig(apps.PartnerConfig):
    name = "stores.partner"
    default = True
