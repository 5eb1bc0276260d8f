"""What we change of the editor."""

from django.http import HttpRequest
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from cms.chooser import ProductChooserViewSet, product_chooser

UNUSED_MENUS = {"documents", "help"}


@hooks.register("register_admin_viewset")
def register_product_chooser() -> ProductChooserViewSet:
    return product_chooser


@hooks.register("construct_main_menu")
def hide_unused_menus(request: HttpRequest, items: list[MenuItem]) -> None:
    """Stories have pictures, and no files to download."""
    items[:] = [item for item in items if item.name not in UNUSED_MENUS]
