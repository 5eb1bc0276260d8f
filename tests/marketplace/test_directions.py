"""Directions to a point, for a telephone and for a driver."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.factories import make_order
from tests.marketplace.shopping import (
    get_order_url,
    get_page_text,
    parse_page,
    translate,
)

BASES = pytest.mark.parametrize("base", ["", "/en"])


@BASES
def test_directions_open_on_every_telephone(visitor, centre, tea, tea_at_centre, base):
    order = make_order({tea: 1}, point=centre)
    words = translate("Directions", "en" if base else "vi")

    for path in (get_order_url(order, base), f"{base}/sales-points/centre/"):
        links = [
            link["href"]
            for link in parse_page(visitor.get(path)).select("a.button")
            if words in link.get_text()
        ]
        (address,) = map(urlsplit, links)
        assert (address.scheme, address.hostname) == ("https", "www.google.com")
        assert parse_qs(address.query) == {
            "api": ["1"],
            "destination": [f"{centre.lat:f},{centre.lng:f}"],
        }


def test_english_pages_name_the_address_to_show_a_driver(
    visitor, centre, tea, tea_at_centre
):
    order = make_order({tea: 1}, point=centre)

    for path in (get_order_url(order), "/en/sales-points/centre/"):
        page = parse_page(visitor.get(path))
        assert centre.address in [
            one.get_text() for one in page.select("main .micro [lang=vi]")
        ]
        assert "To show a driver:" in get_page_text(visitor.get(path))
