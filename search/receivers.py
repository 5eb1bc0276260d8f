"""The seam to Oscar and Wagtail: entries are written when their object is saved."""

from django.db.models import Model
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from catalogue.models import Area, Producer, Product
from search import index
from search.models import Kind
from stores.models import SalesPoint


@receiver(post_save, sender=Product)
def index_saved_product(instance: Product, raw: bool = False, **_: object) -> None:
    if not raw:
        index.index_products([instance])


@receiver(post_save, sender=Producer)
def index_saved_producer(instance: Producer, raw: bool = False, **_: object) -> None:
    if not raw:
        index.index_producer(instance)


@receiver(post_save, sender=Area)
def index_saved_area(instance: Area, raw: bool = False, **_: object) -> None:
    if not raw and instance.kind != Area.Kind.PROVINCE:
        index.index_area(instance)


@receiver(post_save, sender=SalesPoint)
def index_saved_point(instance: SalesPoint, raw: bool = False, **_: object) -> None:
    if not raw:
        index.index_point(instance)


@receiver(post_delete, sender=Producer)
@receiver(post_delete, sender=SalesPoint)
@receiver(post_delete, sender=Area)
def delete_entries_of_deleted(instance: Model, **_: object) -> None:
    if isinstance(instance, Area):
        kind = Kind.DISTRICT if instance.slug else Kind.COMMUNE
    else:
        kind = Kind.PRODUCER if isinstance(instance, Producer) else Kind.SALES_POINT
    index.delete_entries(kind, instance.pk)
