"""What search engines are told of: every public page, in each language it has."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sites.models import Site
from django.contrib.sites.requests import RequestSite
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from catalogue.models import Area, Producer, Product
from stores.models import SalesPoint

OURS = urlsplit(settings.BASE_URL)


class Ours(Sitemap):
    """Addresses as the outside knows them, whatever host was asked."""

    protocol = OURS.scheme

    def get_domain(self, site: Site | RequestSite | None = None) -> str:
        return OURS.netloc


class InBothLanguages(Ours):
    i18n = alternates = x_default = True


class Fixed(InBothLanguages):
    def items(self) -> list[str]:
        return ["products", "districts", "points"]

    def location(self, item: str) -> str:
        return reverse(item)


class ItemSitemap(InBothLanguages):
    """Rows with a page each, at the address of a name."""

    def __init__(self, name: str, rows: QuerySet) -> None:
        self.name, self.rows = name, rows

    def items(self) -> QuerySet:
        return self.rows.order_by("pk")

    def location(self, item: Any) -> str:
        return reverse(self.name, args=[item.slug])


class Goods(InBothLanguages):
    """What is sold today; asked anew each time."""

    def items(self) -> QuerySet[Product]:
        return Product.objects.on_sale(on=timezone.localdate()).order_by("pk")

    def location(self, item: Product) -> str:
        return reverse("product", args=[item.slug])


class Written(Ours):
    """What editors have published for everybody; each language is a page of its own."""

    def items(self) -> QuerySet[Page]:
        return Page.objects.live().public().filter(depth__gt=1).order_by("pk")

    def location(self, item: Page) -> str:
        _site, _root, path = item.get_url_parts()
        return str(path)


SITEMAPS = {
    "pages": Fixed(),
    "products": Goods(),
    "districts": ItemSitemap("district", Area.objects.filter(kind=Area.Kind.DISTRICT)),
    "producers": ItemSitemap("producer", Producer.objects.all()),
    "points": ItemSitemap("point", SalesPoint.objects.filter(is_open=True)),
    "written": Written(),
}
