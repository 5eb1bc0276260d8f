"""A picture that is uploaded is rendered in every size at once."""

from functools import partial

from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver
from wagtail.images.models import Image

from catalogue.pictures import draw_sizes


@receiver(post_save, sender=Image)
def draw_saved_picture(instance: Image, raw: bool = False, **_: object) -> None:
    if not raw:
        transaction.on_commit(partial(draw_sizes, instance))
