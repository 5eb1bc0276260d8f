"""What a story is made of."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageBlock

from cms.chooser import product_chooser

ProductChooserBlock = product_chooser.get_block_class(
    name="ProductChooserBlock", module_path="cms.blocks"
)

TEXT_FEATURES = ["bold", "italic", "link", "ol", "ul"]


class NoteBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=80)
    text = blocks.TextBlock(label=_("Text"))

    class Meta:
        icon = "info-circle"
        label = _("Advice")
        template = "cms/blocks/note.html"


class StoryBody(blocks.StreamBlock):
    paragraph = blocks.RichTextBlock(label=_("Paragraph"), features=TEXT_FEATURES)
    heading = blocks.CharBlock(
        label=_("Heading"), max_length=120, template="cms/blocks/heading.html"
    )
    quote = blocks.TextBlock(label=_("Quote"), template="cms/blocks/quote.html")
    picture = ImageBlock(label=_("Picture"), template="cms/blocks/picture.html")
    product = ProductChooserBlock(
        label=_("Product, with live price, stars and stock"),
        template="cms/blocks/product.html",
    )
    products = blocks.ListBlock(
        ProductChooserBlock(label=_("Product")),
        label=_("Products of this story"),
        icon="list-ul",
        template="cms/blocks/products.html",
    )
    note = NoteBlock()
