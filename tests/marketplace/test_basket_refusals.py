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
def test_what_is_no_quantity_is_refused(visitor, tea_at_centre, tea, quantity, base):
    response = add_to_basket(visitor, tea, quantity, base=base)

    language = "en" if base else "vi"
    assert response.status_code == 422
    assert parse_page(response).select_one("[role=alert]").get_text() == translate(
        NOT_A_QUANTITY, language
    )
    assert not Line.objects.exists()


def test_more_than_any_point_has_is_refused_and_says_how_many_there_are(
    visitor, tea_at_centre, tea
):
    response = add_to_basket(visitor, tea, 11)

    assert response.status_code == 409
    assert "Forest tea: no point has that many. Hội An Centre has 10." in get_page_text(
        response
    )
    assert not Line.objects.exists()


def test_adding_up_to_more_than_there_is_leaves_the_line_as_it_was(
    visitor, tea_at_centre, tea
):
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
def test_a_lapsed_product_does_not_go_in(visitor, tea_at_centre, tea, base, sentence):
    expire_certificate(tea)
    response = add_to_basket(visitor, tea, base=base)

    name = tea.title_en if base else tea.title
    assert response.status_code == 409
    assert translate(sentence, "en" if base else "vi") % name in get_page_text(response)
    assert not Line.objects.exists()


def test_a_service_does_not_go_in(visitor, tour):
    response = add_to_basket(visitor, tour)

    assert response.status_code == 409
    assert "A day in Triêm Tây is a visit" in get_page_text(response)
    assert not Line.objects.exists()


def test_what_lies_nowhere_does_not_go_in(visitor, tea):
    response = add_to_basket(visitor, tea)

    assert response.status_code == 409
    assert "Forest tea is on no shelf at the moment." in get_page_text(response)
    assert not Line.objects.exists()


def test_a_lot_past_its_date_is_not_for_sale(visitor, tea_at_centre, tea):
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
def test_what_is_not_in_the_market_is_not_found(visitor, tea_at_centre, form):
    response = visitor.post("/en/basket/add/", form)

    assert response.status_code == 404
    assert "This stall is not in the market" in get_page_text(response)
    assert not Line.objects.exists()


def test_a_hidden_product_is_not_found(visitor, tea_at_centre, tea):
    tea.is_public = False
    tea.save()

    assert add_to_basket(visitor, tea).status_code == 404


def test_a_refusal_with_htmx_is_a_line_too(visitor, tea_at_centre, tea):
    response = visitor.post(
        "/en/basket/add/",
        {"product": "tra-rung", "quantity": 99},
        headers={"HX-Request": "true"},
    )

    assert response.status_code == 409
    assert not parse_page(response).select("html")
    assert "no point has that many" in get_page_text(response)


@pytest.mark.parametrize("quantity", [-1, 1.5, 10**9, "abc", ""])
def test_a_line_is_not_changed_to_what_is_no_quantity(
    visitor, tea_at_centre, tea, quantity
):
    add_to_basket(visitor, tea, 2)
    response = change_quantity(visitor, quantity)

    assert response.status_code == 422
    assert translate(NOT_A_QUANTITY, "en") in get_page_text(response)
    assert get_basket_lines(visitor) == [("tra-rung", 2)]


def test_a_line_is_not_changed_to_more_than_there_is(visitor, tea_at_centre, tea):
    add_to_basket(visitor, tea, 2)
    response = change_quantity(visitor, 11)

    assert response.status_code == 409
    assert "no point has that many" in get_page_text(response)
    assert get_basket_lines(visitor) == [("tra-rung", 2)]


def test_somebody_elses_line_does_not_exist(visitor, tea_at_centre, tea):
    add_to_basket(visitor, tea, 2)
    stranger = Client()

    assert change_quantity(stranger, 0).status_code == 404
    assert get_basket_lines(visitor) == [("tra-rung", 2)]


def test_baskets_are_only_changed_by_posting(visitor, tea_at_centre, tea):
    add_to_basket(visitor, tea)
    line = Line.objects.get()

    assert visitor.get("/en/basket/add/").status_code == 405
    assert visitor.get(f"/en/basket/{line.pk}/").status_code == 405
    assert get_basket_lines(visitor) == [("tra-rung", 1)]


@pytest.mark.parametrize("address", ["/en/basket/add/", "/basket/add/"])
def test_a_form_from_elsewhere_is_refused(tea_at_centre, tea, address):
    careful = Client(enforce_csrf_checks=True)
    response = careful.post(address, {"product": tea.slug, "quantity": 1})

    language = "en" if address.startswith("/en") else "vi"
    assert response.status_code == 403
    assert translate("This door stays shut", language) in get_page_text(response)
    assert not Basket.objects.exists()


def test_a_form_with_a_broken_token_is_refused(tea_at_centre, tea):
    careful = Client(enforce_csrf_checks=True)
    page = parse_page(careful.get("/en/products/tra-rung/"))
    token = page.select_one("#buy [name=csrfmiddlewaretoken]")["value"]
    form = {"product": tea.slug, "quantity": 1}

    broken = form | {"csrfmiddlewaretoken": token[::-1]}
    assert careful.post("/en/basket/add/", broken).status_code == 403
    assert not Line.objects.exists()
    whole = form | {"csrfmiddlewaretoken": token}
    assert careful.post("/en/basket/add/", whole).status_code == 302


def test_a_forged_basket_cookie_is_an_empty_basket(visitor, tea_at_centre, tea):
    add_to_basket(visitor, tea)
    thief = Client()
    thief.cookies["oscar_open_basket"] = f"{Basket.objects.get().pk}:forged"

    assert get_basket_lines(thief) == []
