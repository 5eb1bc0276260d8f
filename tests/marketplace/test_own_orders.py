"""What a buyer finds again: the filled-in form, the order, and who may see it whole."""

import logging
import re
from types import MappingProxyType

import pytest
from django.test import Client

from catalogue.phones import format_phone, phone_digits
from marketplace.orders.models import Order
from marketplace.orders.own_orders import mask_name, mask_phone
from tests.factories import make_order, make_user
from tests.marketplace.shopping import (
    PICKUP,
    POST,
    add_to_basket,
    get_order_url,
    get_page_text,
    get_placed_order,
    parse_page,
    submit_checkout,
    translate,
)

BASES = pytest.mark.parametrize("base", ["", "/en"])
FILLED_IN = MappingProxyType(
    {
        "receive": "pickup",
        "sales_point": "booth",
        "name": "Hannah Weber",
        "phone": "0905 123 456",
        "email": "hannah@example.com",
        "note": "By noon, please",
    }
)


def other_base(base: str) -> str:
    return "" if base else "/en"


def get_field(page, name):
    field = page.select_one(f"form.checkout [name={name}]")
    if field.name == "select":
        return field.select_one("option[selected]")["value"]
    if field["type"] in ("radio", "checkbox"):
        return page.select_one(f"form.checkout [name={name}][checked]")["value"]
    return field["value"]


@BASES
def test_switch_language_keeps_what_is_filled_in(
    visitor, booth, tea, tea_at_booth, tea_at_centre, base
):
    add_to_basket(visitor, tea)
    button = parse_page(visitor.get(f"{base}/checkout/")).select_one(
        "header button[form=checkout]"
    )
    assert button["formaction"] == f"{other_base(base)}/checkout/"

    response = visitor.post(
        button["formaction"], FILLED_IN | {button["name"]: button["value"]}
    )

    page = parse_page(response)
    assert response.status_code == 200
    assert page.html["lang"] == button["value"] == ("vi" if base else "en")
    phone = format_phone(FILLED_IN["phone"])  # as the other language dials it
    assert {name: get_field(page, name) for name in FILLED_IN} == (
        FILLED_IN | {"phone": phone}
    )
    assert not page.select(".errors, [aria-invalid]")
    assert not Order.objects.exists()


def test_enter_in_a_field_presses_the_button_that_orders(visitor, tea, tea_at_centre):
    add_to_basket(visitor, tea)

    page = parse_page(visitor.get("/en/checkout/"))

    first = page.select_one("button[form=checkout], form#checkout button")
    assert not first.get("name")
    assert not first.get("formaction")


@BASES
def test_review_without_script_names_the_sum_with_postage(
    visitor, tea, tea_at_centre, base
):
    add_to_basket(visitor, tea)
    page = parse_page(visitor.get(f"{base}/checkout/"))
    button = page.select_one("noscript button[name=review]")

    response = visitor.post(
        f"{base}/checkout/", {**POST, button["name"]: button["value"]}
    )

    page = parse_page(response)
    assert not Order.objects.exists()
    assert page.select_one("[name=total]")["value"] == "127000"
    ordering = page.select_one("#sum button.primary").get_text()
    assert re.search(r"127[.,]000", ordering)
    assert get_field(page, "name") == POST["name"]


@BASES
def test_place_order_refuses_sum_other_than_on_the_button(
    visitor, tea, tea_at_centre, base
):
    add_to_basket(visitor, tea)
    page = parse_page(visitor.get(f"{base}/checkout/"))
    hidden = {
        name: page.select_one(f"#sum [name={name}]")["value"]
        for name in ("quotes", "total")
    }
    assert hidden["total"] == "95000"

    response = submit_checkout(visitor, {**POST, **hidden}, base=base)

    assert response.status_code == 409
    assert not Order.objects.exists()
    page = parse_page(response)
    assert re.search(r"127[.,]000", page.select_one("#differences li").get_text())
    hidden = {
        name: page.select_one(f"#sum [name={name}]")["value"]
        for name in ("quotes", "total")
    }
    order = get_placed_order(submit_checkout(visitor, {**POST, **hidden}, base=base))
    assert order.total_incl_tax == 127_000 == int(hidden["total"])


@BASES
def test_go_back_after_order_names_it_and_links_it(visitor, tea, tea_at_centre, base):
    add_to_basket(visitor, tea)
    order = get_placed_order(submit_checkout(visitor, PICKUP, base=base))

    response = visitor.get(f"{base}/checkout/", follow=True)

    heading = parse_page(response).h1
    words = translate("Already placed:", "en" if base else "vi")
    assert " ".join(heading.get_text().split()) == f"{words} {order.number}"
    assert heading.a["href"] == get_order_url(order, base)


@BASES
def test_submit_again_from_old_page_says_already_placed(
    visitor, tea, tea_at_centre, base
):
    add_to_basket(visitor, tea)
    field = parse_page(visitor.get(f"{base}/checkout/")).select_one("[name=basket]")
    form = PICKUP | {"basket": field["value"]}
    order = get_placed_order(submit_checkout(visitor, form, base=base))

    response = submit_checkout(visitor, form, base=base)

    assert response["Location"] == get_order_url(order, base)
    text = get_page_text(visitor.get(response["Location"]))
    words = "Already placed: %s. Nothing was ordered a second time."
    assert translate(words, "en" if base else "vi") % order.number in text


# --- Find an order again --------------------------------------------------------------


def find_order(client, number, contact, base="/en"):
    return client.post(f"{base}/orders/", {"number": number, "contact": contact})


@pytest.mark.parametrize(
    ("number", "contact"),
    [
        ("{}", "0905 123 456"),
        ("{}", "+84905123456"),
        ("{}", "0084 905.123.456"),
        ("{}", "HANNAH@example.com"),
        (" {} ", "84 905 123 456"),
    ],
)
def test_find_order_by_number_and_contact_shows_it_whole(
    visitor, centre, tea, tea_at_centre, number, contact
):
    order = make_order({tea: 1}, method="post")

    response = find_order(visitor, number.format(order.number).lower(), contact)

    assert response["Location"] == get_order_url(order)
    assert "Hannah , +84 905 123 456 5 Hàng Bạc" in get_page_text(
        visitor.get(response["Location"])
    )


@BASES
def test_find_order_answers_wrong_contact_as_unknown_number(
    visitor, centre, tea, tea_at_centre, base
):
    order = make_order({tea: 1}, point=centre)

    wrong = find_order(visitor, order.number, "0905 123 457", base)
    unknown = find_order(visitor, "QN-0000000", "0905 123 456", base)
    empty = find_order(visitor, order.number, "nobody", base)

    answers = {
        (one.status_code, parse_page(one).select_one(".errors").get_text())
        for one in (wrong, unknown, empty)
    }
    assert len(answers) == 1
    assert wrong.status_code == 422
    assert not visitor.session.get("own_orders")


def test_find_order_is_limited_per_number_and_per_address(
    centre, tea, tea_at_centre, honey, honey_at_centre
):
    order = make_order({tea: 1}, point=centre)
    other = make_order({honey: 1}, point=centre)
    tries = [
        Client(REMOTE_ADDR=f"10.0.0.{number}").post(
            "/en/orders/", {"number": order.number, "contact": "0905 000 000"}
        )
        for number in range(11)
    ]
    assert [one.status_code for one in tries] == [422] * 10 + [429]

    right = find_order(Client(REMOTE_ADDR="10.0.1.1"), order.number, "0905 123 456")
    assert right.status_code == 429
    assert find_order(Client(), other.number, "0905 123 456").status_code == 302

    busy = Client(REMOTE_ADDR="10.0.2.1")
    statuses = [
        find_order(busy, f"QN-{number}", "0905 123 456").status_code
        for number in range(1, 22)
    ]
    assert statuses == [422] * 20 + [429]


def test_find_order_puts_no_personal_data_in_addresses_or_logs(
    visitor, centre, tea, tea_at_centre, caplog
):
    order = make_order({tea: 1}, point=centre)
    with caplog.at_level(logging.DEBUG):
        found = find_order(visitor, order.number, "0905 123 456")
        find_order(visitor, order.number, "0905 123 457")

    assert "905" not in found["Location"].replace(order.number, "")
    assert "0905" not in caplog.text.replace(order.number, "")


@pytest.mark.parametrize("path", ["/basket/", "/account/sign-in/", "/products/"])
@BASES
def test_find_order_is_linked_where_a_buyer_looks(visitor, site, base, path):
    page = parse_page(visitor.get(f"{base}{path}"))

    assert page.select(f"a[href='{base}/orders/']")


# --- Who sees an order whole ----------------------------------------------------------

PERSONAL = ("Lê Thị Hoa", "123 456", "12 Hàng Gai")


def is_whole(client, order):
    text = get_page_text(client.get(get_order_url(order)))
    pages = [text, get_page_text(client.get(f"{get_order_url(order)}receipt/"))]
    if all(word in page for page in pages for word in PERSONAL):
        return True
    assert not any(word in page for page in pages for word in PERSONAL)
    return False


def test_order_page_masks_buyer_in_another_browser(visitor, tea, tea_at_centre):
    add_to_basket(visitor, tea)
    order = get_placed_order(submit_checkout(visitor, POST))

    assert is_whole(visitor, order)
    assert not is_whole(Client(), order)
    text = get_page_text(Client().get(get_order_url(order)))
    assert "L. T. H. , ••• 456 •••, Hoàn Kiếm, Thành phố Hà Nội" in text


def test_order_page_is_whole_for_account_that_placed_it(
    signed_in, buyer, tea, tea_at_centre
):
    browser = signed_in(buyer)
    add_to_basket(browser, tea)
    order = get_placed_order(submit_checkout(browser, POST))

    assert is_whole(signed_in(buyer), order)
    assert not is_whole(signed_in(make_user("somebody-else")), order)


def test_order_page_masks_room_in_another_browser(
    visitor, booth, tea, tea_at_booth, today
):
    order = make_order({tea: 1}, method="room", hotel=booth, handover_on=today)

    page = parse_page(visitor.get(get_order_url(order)))

    assert "214" not in page.select_one(".ticket dl").get_text()


def test_receipt_pdf_differs_by_browser(visitor, tea, tea_at_centre):
    add_to_basket(visitor, tea)
    order = get_placed_order(submit_checkout(visitor, POST))
    path = f"{get_order_url(order)}receipt.pdf"

    assert visitor.get(path).content != Client().get(path).content


def test_mask_leaves_what_its_owner_recognises():
    assert mask_name("Lê Thị Hoa") == "L. T. H."
    assert mask_phone("+84 905 123 456") == "••• 456"
    assert (mask_name(""), mask_phone("")) == ("", "")


@pytest.mark.parametrize("text", ["0905 123 456", "+84905123456", "(84) 905-123-456"])
def test_phone_digits_are_international(text):
    assert phone_digits(text) == "84905123456"


@pytest.mark.parametrize("text", ["", "Hannah", "1"])
def test_phone_digits_of_no_number_are_empty(text):
    assert phone_digits(text) == ""
