"""How Oscar finds its classes here, without Haystack and without its own thumbnails."""

from importlib import import_module

from django.db.models.fields.files import FieldFile
from oscar.core.loading import default_class_loader
from oscar.core.thumbnails import AbstractThumbnailer


def class_loader(
    module_label: str, classnames: list[str], module_prefix: str
) -> list[type]:
    """Oscar's loader, except that search is taken from our package alone.

    Oscar's own imports `oscar.apps.search.*` first even where that app is forked, and
    those modules import Haystack.
    """
    app, _dot, rest = module_label.partition(".")
    if app == "search" and module_prefix == "oscar.apps":
        module = import_module(f"search.{rest}")
        return [getattr(module, name) for name in classnames]
    return default_class_loader(module_label, classnames, module_prefix)


class NoThumbnailer(AbstractThumbnailer):
    """Pictures are Wagtail's; Oscar's own image tables stay empty."""

    def generate_thumbnail(self, source: object, **opts: object) -> object:
        return source

    def delete_thumbnails(self, source: FieldFile) -> None:
        source.delete(save=False)
