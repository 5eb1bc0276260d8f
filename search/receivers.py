"""The seam to Oscar and Wagtail: whoever saves a thing, its words follow."""

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from catalogue.models import Area, Producer, Product
from search.models import Kind
from search.operations.index import (
    forget,
    index,
    index_area,
    index_point,
    index_producer,
)
from stores.models import SalesPoint


@receiver(post_save, sender=Product)
def index_saved_product(instance: Product, raw: bool = False, **_: object) -> None:
    if not raw:
        index([instance])


@receiver(post_save, sender=Producer)
def index_saved_producer(instance: Producer, raw: bool = False, **_: object) -> None:
    if not raw:
        index_producer(instance)


@receiver(post_save, sender=Area)
def index_saved_area(instance: Area, raw: bool = False, **_: object) -> None:
    if not raw and instance.kind != Area.Kind.PROVINCE:
        index_area(instance)


@receiver(post_save, sender=SalesPoint)
def index_saved_point(instance: SalesPoint, raw: bool = False, **_: object) -> None:
    if not raw:
        index_point(instance)


@receiver(post_delete, sender=Producer)
def forget_producer(instance: Producer, **_: object) -> None:
    forget(Kind.PRODUCER, instance.pk)


@receiver(post_delete, sender=SalesPoint)
def forget_point(instance: SalesPoint, **_: object) -> None:
    forget(Kind.SALES_POINT, instance.pk)


@receiver(post_delete, sender=Area)
def forget_area(instance: Area, **_: object) -> None:
    forget(Kind.DISTRICT if instance.slug else Kind.COMMUNE, instance.pk)
