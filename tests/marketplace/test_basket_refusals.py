"""What does not go into a basket, and why; the basket stays as it was."""

import pytest
from django.test import Client

from marketplace.checkout.basket.models import Basket, Line
from tests.factories import expire_certificate, expire_lot
from tests.marketplace.shopping import (
    add_to_basket,
    change_quantity,
    get_basket_lines,
    get_page_text,
    parse_page,
    translate,
)

NOT_A_QUANTITY = "A quantity is a whole number from 1 to 99."


@pytest.mark.parametrize(
    "quantity", [0, -1, 1.5, 10**9, 100, "abc", "", "1e3", "٣٣٣", "NaN"]
)
@pytest.mark.parametrize("base", ["", "/en"])
def test_add_to_basket_refuses_invalid_quantity(
    visitor, tea_at_centre, tea, quantity, base
):
    response = add_to_basket(visitor, tea, quantity, base=base)

    language = "en" if base else "vi"
    assert response.status_code == 422
    assert parse_page(response).select_one("[role=alert]").get_text(
        strip=True
    ) == translate(NOT_A_QUANTITY, language)
    assert not Line.objects.exists()


def test_add_to_basket_beyond_any_points_stock_names_available_units(
    visitor, tea_at_centre, tea
):
    response = add_to_basket(visitor, tea, 11)

    assert response.status_code == 409
    assert "Forest tea: no point has that many. Hội An Centre has 10." in get_page_text(
        response
    )
    assert not Line.objects.exists()


def test_add_to_basket_again_beyond_stock_keeps_line(visitor, tea_at_centre, tea):
    add_to_basket(visitor, tea, 8)
    response = add_to_basket(visitor, tea, 3)

    assert response.status_code == 409
    assert get_basket_lines(visitor) == [("tra-rung", 8)]


@pytest.mark.parametrize(
    ("base", "sentence"),
    [
        ("/en", "%s has no certificate in force today, so it is not sold."),
        ("", "%s has no certificate in force today, so it is not sold."),
    ],
)
def test_add_to_basket_refuses_product_with_lapsed_certificate(
    visitor, tea_at_centre, tea, base, sentence
):
    expire_certificate(tea)
    response = add_to_basket(visitor, tea, base=base)

    name = tea.title_en if base else tea.title
    assert response.status_code == 409
    assert translate(sentence, "en" if base else "vi") % name in get_page_text(response)
    assert not Line.objects.exists()


def test_add_to_basket_refuses_service(visitor, tour):
    response = add_to_basket(visitor, tour)

    assert response.status_code == 409
    assert "A day in Triêm Tây is a visit" in get_page_text(response)
    assert not Line.objects.exists()


def test_add_to_basket_refuses_product_without_stock(visitor, tea):
    response = add_to_basket(visitor, tea)

    assert response.status_code == 409
    assert "Forest tea is on no shelf at the moment." in get_page_text(response)
    assert not Line.objects.exists()


def test_add_to_basket_refuses_expired_lot(visitor, tea_at_centre, tea):
    expire_lot(tea_at_centre)

    assert add_to_basket(visitor, tea).status_code == 409
    assert not Line.objects.exists()


@pytest.mark.parametrize(
    "form",
    [
        {"product": "no-such-thing", "quantity": 1},
        {"product": "", "quantity": 1},
        {"quantity": 1},
        {"product": "tra-rung", "quantity": 1, "sales_point": "nowhere"},
        {"product": "'; DROP TABLE", "quantity": 1},
        {"product": "tra\x00rung", "quantity": 1},
        {"product": "tra-rung", "quantity": 1, "sales_point": "cen\x00tre"},
    ],
)
def test_add_to_basket_unknown_product_or_point_returns_404(
    visitor, tea_at_centre, form
):
    response = visitor.post("/en/basket/add/", form)

    assert response.status_code == 404
    assert "This stall is not in the market" in get_page_text(response)
    assert not Line.objects.exists()


def test_add_to_basket_hidden_product_returns_404(visitor, tea_at_centre, tea):
    tea.is_public = False
    tea.save()

    assert add_to_basket(visitor, tea).status_code == 404


def test_add_to_basket_refusal_with_htmx_returns_fragment(visitor, tea_at_centre, tea):
    response = visitor.post(
        "/en/basket/add/",
        {"product": "tra-rung", "quantity": 99},
        headers={"HX-Request": "true"},
    )

    assert response.status_code == 409
    assert not parse_page(response).select("html")
    assert "no point has that many" in get_page_text(response)


@pytest.mark.parametrize("quantity", [-1, 1.5, 10**9, "abc", ""])
def test_change_line_refuses_invalid_quantity(visitor, tea_at_centre, tea, quantity):
    add_to_basket(visitor, tea, 2)
    response = change_quantity(visitor, quantity)

    assert response.status_code == 422
    assert translate(NOT_A_QUANTITY, "en") in get_page_text(response)
    assert get_basket_lines(visitor) == [("tra-rung", 2)]


def test_change_line_refuses_quantity_beyond_stock(visitor, tea_at_centre, tea):
    add_to_basket(visitor, tea, 2)
    response = change_quantity(visitor, 11)

    assert response.status_code == 409
    assert "no point has that many" in get_page_text(response)
    assert get_basket_lines(visitor) == [("tra-rung", 2)]


def test_change_line_of_another_buyer_returns_404(visitor, tea_at_centre, tea):
    add_to_basket(visitor, tea, 2)
    stranger = Client()

    assert change_quantity(stranger, 0).status_code == 404
    assert get_basket_lines(visitor) == [("tra-rung", 2)]


def test_basket_urls_refuse_get(visitor, tea_at_centre, tea):
    add_to_basket(visitor, tea)
    line = Line.objects.get()

    assert visitor.get("/en/basket/add/").status_code == 405
    assert visitor.get(f"/en/basket/{line.pk}/").status_code == 405
    assert get_basket_lines(visitor) == [("tra-rung", 1)]


@pytest.mark.parametrize("address", ["/en/basket/add/", "/basket/add/"])
def test_add_to_basket_refuses_missing_csrf_token(tea_at_centre, tea, address):
    careful = Client(enforce_csrf_checks=True)
    response = careful.post(address, {"product": tea.slug, "quantity": 1})

    language = "en" if address.startswith("/en") else "vi"
    assert response.status_code == 403
    assert translate("This door stays shut", language) in get_page_text(response)
    assert not Basket.objects.exists()


def test_add_to_basket_refuses_broken_csrf_token(tea_at_centre, tea):
    careful = Client(enforce_csrf_checks=True)
    page = parse_page(careful.get("/en/products/tra-rung/"))
    token = page.select_one("#buy [name=csrfmiddlewaretoken]")["value"]
    form = {"product": tea.slug, "quantity": 1}

    broken = form | {"csrfmiddlewaretoken": token[::-1]}
    assert careful.post("/en/basket/add/", broken).status_code == 403
    assert not Line.objects.exists()
    whole = form | {"csrfmiddlewaretoken": token}
    assert careful.post("/en/basket/add/", whole).status_code == 302


def test_basket_page_ignores_forged_basket_cookie(visitor, tea_at_centre, tea):
    add_to_basket(visitor, tea)
    thief = Client()
    thief.cookies["oscar_open_basket"] = f"{Basket.objects.get().pk}:forged"

    assert get_basket_lines(thief) == []
