"""The seam to Oscar and Wagtail: whoever saves a product, its words follow."""

from django.db.models.signals import post_save
from django.dispatch import receiver

from catalogue.models import Product
from search.operations.index import index


@receiver(post_save, sender=Product)
def index_saved_product(instance: Product, raw: bool = False, **_: object) -> None:
    if not raw:
        index([instance])
