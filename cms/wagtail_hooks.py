"""Changes to Wagtail's editor."""

import string

from django.db.models import CharField, SlugField, TextField
from django.http import HttpRequest
from wagtail import hooks
from wagtail.admin.forms.models import register_form_field_override
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets import AdminAutoHeightTextInput, SlugInput

from catalogue.forms import CleanCharField
from catalogue.text import fold
from cms.chooser import ProductChooserViewSet, product_chooser

UNUSED_MENUS = {"documents", "help"}

LATIN = [*map(chr, range(0xC0, 0x250)), *map(chr, range(0x1E00, 0x1F00))]
ACCENTED = {
    letter: "".join(sign for sign in LATIN if fold(sign) == letter)
    for letter in string.ascii_lowercase
}
register_form_field_override(
    SlugField,
    override={
        "widget": SlugInput(
            # the editor's own script drops most letters of Vietnamese
            formatters=[
                (f"[{letters}]", letter)
                for letter, letters in ACCENTED.items()
                if letters
            ]
        )
    },
)
register_form_field_override(
    CharField, override={"form_class": CleanCharField}, exact_class=True
)
register_form_field_override(
    TextField,
    override={"form_class": CleanCharField, "widget": AdminAutoHeightTextInput},
    exact_class=True,
)


@hooks.register("register_admin_viewset")
def register_product_chooser() -> ProductChooserViewSet:
    return product_chooser


@hooks.register("construct_main_menu")
def hide_unused_menus(request: HttpRequest, items: list[MenuItem]) -> None:
    """Stories have pictures, and no files to download."""
    items[:] = [item for item in items if item.name not in UNUSED_MENUS]
