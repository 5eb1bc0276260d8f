"""What people type: without signs that nobody sees, wherever they type it."""

import unicodedata
from importlib import import_module
from pkgutil import walk_packages

import pytest
from django import forms
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from catalogue.forms import CleanCharField
from marketplace.orders.models import Order
from tests.factories import make_user
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

BOTH = ("", "/en")
BASES = pytest.mark.parametrize("base", BOTH)
OURS = ("catalogue", "stores", "search", "cms", "marketplace")
FARMER = "\U0001f469\u200d\U0001f33e"
NO_PHONE = "That is no telephone number. Examples: 0905 123 456, +1 202 555 0143."


@pytest.fixture
def shopper(visitor, tea, tea_at_centre) -> Client:
    """A browser with a box of tea in its basket."""
    add_to_basket(visitor, tea)
    return visitor


def subclasses(base: type) -> set[type]:
    direct = base.__subclasses__()
    return {*direct}.union(*map(subclasses, direct))


def test_every_text_field_of_our_forms_is_clean():
    for package in OURS:
        for module in walk_packages([package], f"{package}."):
            if module.name.rpartition(".")[2] in ("forms", "form", "chooser"):
                import_module(module.name)
    ours = [
        form for form in subclasses(forms.BaseForm) if form.__module__.startswith(OURS)
    ]

    assert len(ours) > 20
    assert [
        f"{form.__name__}.{name}"
        for form in ours
        for name, field in form.base_fields.items()
        if type(field) in (forms.CharField, forms.EmailField) and name != "password"
    ] == []


@BASES
@pytest.mark.parametrize("phone", ["0905 123 45", "1234567", "00000000", "0905abcdef"])
@pytest.mark.parametrize("form", [PICKUP, POST], ids=["pickup", "post"])
def test_checkout_refuses_phone_that_cannot_be_called(shopper, base, form, phone):
    refused = submit_checkout(shopper, form, base, phone=phone)

    assert refused.status_code == 422
    errors = parse_page(refused).select_one("#errors").get_text()
    assert translate(NO_PHONE, base.strip("/") or "vi") in errors
    assert not Order.objects.exists()


def test_order_page_shows_phone_as_its_reader_dials_it(shopper):
    order = get_placed_order(submit_checkout(shopper, POST, phone="0905123456"))

    page, page_en = (get_page_text(shopper.get(get_order_url(order, b))) for b in BOTH)
    assert "Lê Thị Hoa , 0905 123 456" in page
    assert "Lê Thị Hoa , +84 905 123 456" in page_en


@pytest.mark.parametrize(
    ("base", "phone"), [("", "0905 123 456"), ("/en", "+84 905 123 456")]
)
def test_desk_and_maker_show_phone_that_is_called_from_everywhere(
    shopper, tea, keeper, signed_in, base, phone
):
    order = get_placed_order(submit_checkout(shopper, PICKUP, phone="0905123456"))
    tea.producer.phone = "0905.123.456"
    tea.producer.save()
    with override(base.strip("/") or "vi"):
        pages = (
            reverse("desk-fulfilment", args=["centre", order.fulfilments.get().pk]),
            tea.producer.get_absolute_url(),
        )

    for path in pages:
        link = parse_page(signed_in(keeper).get(path)).select_one("main [href^=tel]")
        assert link["href"] == "tel:+84-905-123-456"
        assert link.get_text(strip=True) == phone


@BASES
@pytest.mark.parametrize("name", ["\u200b", "\u202e", " \u2060\ufeff ", "\u3164\u2800"])
def test_checkout_refuses_name_that_nobody_sees(shopper, base, name):
    refused = submit_checkout(shopper, PICKUP, base, name=name)

    assert refused.status_code == 422
    sentence = translate("Write the name of who receives it.", base.strip("/") or "vi")
    assert sentence in parse_page(refused).select_one("#errors").get_text()
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Han\u202enah", "Hannah"),
        ("\u2066Hannah\u2069\u200f Weber", "Hannah Weber"),
        (unicodedata.normalize("NFD", "Lê Thị Hoà"), "Lê Thị Hoà"),
        (f"Hannah {FARMER} \u2764\ufe0f", f"Hannah {FARMER} \u2764\ufe0f"),
        ("김민서", "김민서"),
    ],
)
def test_checkout_drops_from_name_what_nobody_sees(shopper, typed, name):
    order = get_placed_order(submit_checkout(shopper, PICKUP, name=typed))

    assert order.fulfilments.get().name == name


def test_checkout_drops_direction_marks_from_address(shopper):
    fields = {"email": "a@example.com\u200e", "note": "\u202d ring twice"}
    order = get_placed_order(submit_checkout(shopper, PICKUP, **fields))

    assert order.guest_email == "a@example.com"
    assert order.fulfilments.get().note == "ring twice"


def test_sign_in_takes_address_with_direction_mark(db):
    person = make_user("hannah")

    answer = Client().post(
        "/account/sign-in/",
        {"username": f"{person.email}\u200e", "password": "a long password"},
    )

    assert answer.status_code == 302


def test_editor_form_drops_what_nobody_sees(db):
    from cms.models import InfoPage

    form_class = InfoPage.get_edit_handler().get_form_class()

    assert isinstance(form_class.base_fields["title"], CleanCharField)
    assert isinstance(form_class.base_fields["lead"], CleanCharField)
