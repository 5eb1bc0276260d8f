"""What a buyer does in the shop."""

import re
from types import MappingProxyType

from bs4 import BeautifulSoup
from django.http import HttpResponse
from django.test import Client
from django.utils.translation import gettext, override

from catalogue.models import Product
from marketplace.checkout.basket.models import Line
from marketplace.orders.models import Order
from marketplace.orders.order_links import order_token
from stores.models import SalesPoint

PICKUP = MappingProxyType(
    {
        "receive": "pickup",
        "sales_point": "centre",
        "name": "Hannah Weber",
        "email": "hannah@example.com",
    }
)
ROOM = MappingProxyType(
    {
        "receive": "room",
        "hotel": "booth",
        "room": "214",
        "name": "Hannah Weber",
        "phone": "0905 123 456",
    }
)
POST = MappingProxyType(
    {
        "receive": "post",
        "name": "Lê Thị Hoa",
        "phone": "0905 123 456",
        "line1": "12 Hàng Gai",
        "ward": "Hoàn Kiếm",
        "province": "ha-noi",
    }
)


def parse_page(response: HttpResponse) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def get_page_text(response: HttpResponse) -> str:
    """All words of the page, spaced once."""
    return " ".join(parse_page(response).get_text(" ").replace("\u00a0", " ").split())


def translate(msgid: str, language: str) -> str:
    """A sentence of ours in a language; the catalogue has to have it."""
    with override(language):
        sentence = gettext(msgid)
    assert language == "en" or sentence != msgid, f"“{msgid}” has no Vietnamese"
    return sentence


def add_to_basket(
    client: Client,
    product: Product,
    quantity: object = 1,
    point: SalesPoint | str = "",
    base: str = "/en",
) -> HttpResponse:
    form = {"product": product.slug, "quantity": quantity, "sales_point": point}
    if isinstance(point, SalesPoint):
        form["sales_point"] = point.slug
    return client.post(f"{base}/basket/add/", form)


def submit_checkout(
    client: Client, form: dict[str, object], base: str = "/en", **fields
):
    """Send the order's form; fields given as None are left out of it."""
    data = {
        name: value for name, value in {**form, **fields}.items() if value is not None
    }
    return client.post(f"{base}/checkout/", data)


def get_placed_order(response: HttpResponse) -> Order:
    """The order that the response leads to."""
    assert response.status_code == 302, get_page_text(response)
    number, token = re.fullmatch(
        r"(?:/en)?/orders/(QN-\d{7})/([^/]+)/", response["Location"]
    ).groups()
    assert token == order_token(number)
    return Order.objects.get(number=number)


def get_order_url(order: Order, base: str = "/en") -> str:
    return f"{base}/orders/{order.number}/{order_token(order.number)}/"


def get_basket_lines(client: Client) -> list[tuple[str, int]]:
    """Slug and quantity of each line that the buyer's page shows."""
    page = parse_page(client.get("/en/basket/"))
    return [
        (
            line.select_one("a.name")["href"].split("/")[-2],
            int(line.select_one("[name=quantity]")["value"]),
        )
        for line in page.select("article.basket-line")
    ]


def change_quantity(client: Client, quantity: object, line: Line | None = None):
    line = line or Line.objects.get()
    return client.post(f"/en/basket/{line.pk}/", {"quantity": quantity})
