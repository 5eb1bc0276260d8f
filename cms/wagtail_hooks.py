"""What we add to the editor."""

from wagtail import hooks

from cms.chooser import ProductChooserViewSet, product_chooser


@hooks.register("register_admin_viewset")
def register_product_chooser() -> ProductChooserViewSet:
    return product_chooser
