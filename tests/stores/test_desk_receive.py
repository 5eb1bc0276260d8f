"""Goods come in at the desk."""

import datetime as dt

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from catalogue.models import Batch
from stores.models import StockMovement
from stores.partner.models import StockRecord
from stores.queries import shelves
from tests.factories import make_point, make_product, put_on_shelf
from tests.page_text import get_page_text
from tests.stock_snapshot import get_stock_snapshot


def date_in_days(days):
    return (timezone.localdate() + dt.timedelta(days=days)).isoformat()


def submit_receive(desk, product, *, language="en", point="centre", **fields):
    data = {
        "product": getattr(product, "code", product),
        "lot": "L7",
        "best_before": date_in_days(90),
        "quantity": "5",
        "document": "PN-12",
    } | fields
    prefix = "/en" if language == "en" else ""
    return desk.post(f"{prefix}/desk/{point}/receive/", data)


def assert_nothing_received():
    assert not StockMovement.objects.exists()
    assert not StockRecord.objects.exists()
    assert not Batch.objects.exists()


def test_receive_form_adds_stock_and_ledger_entry(desk, centre, tea, keeper):
    response = submit_receive(desk, tea)

    assert response.status_code == 302
    movement = StockMovement.objects.get()
    assert (movement.actor, movement.document) == (keeper, "PN-12")
    assert get_stock_snapshot(movement.record).ledger == [("receive", "L7", 5, 5)]
    assert movement.record.partner == centre.partner
    assert movement.batch.best_before.isoformat() == date_in_days(90)


@pytest.mark.parametrize("typed", [" L7 ", "L7\n"])
def test_receive_form_strips_whitespace_around_lot(desk, centre, tea, typed):
    submit_receive(desk, tea, lot=typed)

    assert Batch.objects.get().lot == "L7"


def test_receive_form_displays_units_on_hand(desk, tea_at_centre, tea):
    response = submit_receive(desk, tea)

    page = get_page_text(desk.get(response["Location"]))

    assert "5 × Forest tea received; 15 are here now." in page


@pytest.mark.parametrize(
    "typed",
    [
        "{0.code}",
        "{0.code} {0.title}",
        "{0.slug}",
        "{0.upc}",
        "{0.title}",
        "{0.title_en}",
        "  {0.title_en} ",
    ],
)
def test_receive_form_accepts_product_by_number_name_slug_or_bar_code(
    desk, centre, typed
):
    tea = make_product(
        "tra-rung", title="Trà rừng", title_en="Forest tea", upc="8938500000014"
    )

    response = submit_receive(desk, typed.format(tea))

    assert response.status_code == 302
    assert StockMovement.objects.get().record.product == tea


def test_receive_form_accepts_missing_date_of_nonperishable(desk, tea):
    response = submit_receive(desk, tea, best_before="")

    assert response.status_code == 302
    assert Batch.objects.get().best_before is None


def test_receive_form_requires_date_of_perishable(desk):
    pepper = make_product("tieu", title_en="Pepper", shelf_life_days=730)

    refused = submit_receive(desk, pepper, language="en", best_before="")

    assert refused.status_code == 422
    why = "Pepper goes off: write the date that stands on its label."
    assert why in refused.content.decode()
    assert not Batch.objects.exists()
    assert submit_receive(desk, pepper).status_code == 302


@pytest.mark.parametrize(
    ("language", "typed"),
    [("vi", "24/12/2199"), ("vi", "2199-12-24"), ("en", "2199-12-24")],
)
def test_receive_form_accepts_local_date_formats(desk, tea, language, typed):
    response = submit_receive(desk, tea, language=language, best_before=typed)

    assert response.status_code == 302
    assert Batch.objects.get().best_before == dt.date(2199, 12, 24)


@pytest.mark.parametrize("quantity", ["", "0", "-1", "2.5", "five", str(10**9), "1e3"])
def test_receive_form_refuses_invalid_quantity(desk, tea, quantity):
    response = submit_receive(desk, tea, quantity=quantity)

    assert response.status_code == 422
    assert "Write a whole number from 1 to 9,999." in get_page_text(response)
    assert_nothing_received()


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("typed", ["1.000", "1,000", "1 000", "1000", " 1.000 "])
def test_receive_form_accepts_parted_thousands(desk, tea, language, typed):
    response = submit_receive(desk, tea, language=language, quantity=typed)

    assert response.status_code == 302
    assert StockMovement.objects.get().quantity == 1_000


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Write a whole number from 1 to 9,999."),
        ("vi", "Ghi một số nguyên từ 1 đến 9.999."),
    ],
)
@pytest.mark.parametrize(
    "typed",
    ["1.0", "1,0", "1.00", "1.0000", "1.000,0", "10.00", "1.000.000", "1,000.5"],
)
def test_receive_form_refuses_other_separators(desk, tea, language, sentence, typed):
    response = submit_receive(desk, tea, language=language, quantity=typed)

    assert response.status_code == 422
    assert sentence in get_page_text(response)
    assert_nothing_received()


@pytest.mark.parametrize(
    ("language", "typed", "sentence"),
    [
        ("vi", "31/12/9999", "Ngày chưa đúng, ví dụ 24/12/2027."),
        ("en", "9999-12-31", "That is not a date. Example: 24/12/2027."),
        ("en", "3000-01-01", "That is not a date. Example: 24/12/2027."),
        ("en", "0001-01-01", "That is not a date. Example: 24/12/2027."),
    ],
)
def test_receive_form_refuses_date_at_the_end_of_the_calendar(
    desk, tea, language, typed, sentence
):
    response = submit_receive(desk, tea, language=language, best_before=typed)

    assert response.status_code == 422
    assert sentence in get_page_text(response)
    assert_nothing_received()


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "This lot is past its date already."), ("vi", "Lô này đã quá hạn.")],
)
@pytest.mark.parametrize("days", [0, -1, -400])
def test_receive_form_refuses_expired_lot(desk, tea, language, sentence, days):
    response = submit_receive(
        desk, tea, language=language, best_before=date_in_days(days)
    )

    assert response.status_code == 422
    assert sentence in get_page_text(response)
    assert_nothing_received()


@pytest.mark.parametrize("date", ["tomorrow", "31/02/2199", "2199-13-01", "0"])
def test_receive_form_refuses_invalid_date(desk, tea, date):
    response = submit_receive(desk, tea, best_before=date)

    assert response.status_code == 422
    assert_nothing_received()


@pytest.mark.parametrize("product", ["", "   ", "xe máy", "QN-9999", "x" * 121, "\x00"])
def test_receive_form_refuses_unknown_product(desk, tea, product):
    response = submit_receive(desk, product)

    assert response.status_code == 422
    assert_nothing_received()


@pytest.mark.parametrize("lot", ["", "L 7", "lô-7", "L7<b>", "x" * 21])
def test_receive_form_refuses_invalid_lot(desk, tea, lot):
    response = submit_receive(desk, tea, lot=lot)

    assert response.status_code == 422
    assert_nothing_received()


def test_receive_form_retains_input_after_refusal(desk, tea):
    response = submit_receive(desk, "xe máy", lot="L-777", quantity="-3")

    page = response.content.decode()
    for typed in ('value="xe máy"', 'value="L-777"', 'value="-3"'):
        assert typed in page


def test_receive_form_refuses_alcohol_without_licence(signed_in, keeper):
    point = make_point("unlicensed", alcohol_licence=False)
    point.keepers.add(keeper)
    spirit = make_product("ruou-can", abv="29.0")

    response = submit_receive(signed_in(keeper), spirit, point="unlicensed")

    assert response.status_code == 409
    assert "no licence" in get_page_text(response)
    assert_nothing_received()


def test_receive_form_refuses_service(desk):
    stay = make_product(group="tourism", subgroup="community")

    response = submit_receive(desk, stay)

    assert response.status_code == 409
    assert_nothing_received()


def test_receive_form_refuses_lot_with_another_date(desk, tea):
    submit_receive(desk, tea, best_before="2199-12-24")

    response = submit_receive(desk, tea, best_before="2199-12-25")

    assert response.status_code == 409
    assert "2199" in get_page_text(response)
    assert StockMovement.objects.count() == 1


def test_receive_form_at_another_point_returns_404(desk, booth, tea):
    response = submit_receive(desk, tea, point="booth")

    assert response.status_code == 404
    assert_nothing_received()


def test_receive_form_marks_unknown_product_field_invalid(desk, centre):
    page = BeautifulSoup(submit_receive(desk, "nothing").content, "html.parser")

    field = page.select_one("#id_product[aria-invalid=true]")
    assert page.select_one(f"#{field['aria-describedby']}.wrong")
    assert_nothing_received()


def list_suggestions(page):
    """What the field of the product offers while one types."""
    options = BeautifulSoup(page.content, "html.parser").select("#products option")
    return [option["value"] for option in options]


@pytest.mark.parametrize("address", ["receive", "transfers/ask"])
def test_product_suggestions_list_products_of_the_point(
    desk, tea, tea_at_centre, honey, booth, address
):
    put_on_shelf(booth, honey, 1)

    page = desk.get(f"/en/desk/centre/{address}/")

    assert list_suggestions(page) == [f"{tea.code} Forest tea"]


def test_product_suggestions_are_limited(desk, centre, monkeypatch):
    monkeypatch.setattr(shelves, "LISTED", 2)
    for _number in range(3):
        put_on_shelf(centre, make_product(), 1)

    assert len(list_suggestions(desk.get("/en/desk/centre/receive/"))) == 2


@pytest.mark.parametrize("typed", ["forest", "Rừng", "mat ong", "honey FOREST"])
def test_receive_form_with_ambiguous_words_lists_matching_products(
    desk, centre, tea, honey, typed
):
    response = submit_receive(desk, typed)

    page = get_page_text(response)
    fitting = {"forest": [honey, tea], "Rừng": [tea]}.get(typed, [honey])
    names = "; ".join(f"{one.code} {one.title_en}" for one in fitting)
    assert response.status_code == 422
    assert f"Write the number of the one you mean: {names}." in page
    assert_nothing_received()


def get_form_id(page):
    """What the page's form is called."""
    return BeautifulSoup(page.content, "html.parser").select_one("[name=client_id]")[
        "value"
    ]


def test_receive_form_sent_twice_receives_once(desk, tea):
    name = get_form_id(desk.get("/en/desk/centre/receive/"))
    submit_receive(desk, tea, client_id=name)

    again = submit_receive(desk, tea, client_id=name)

    assert StockMovement.objects.get().quantity == 5
    assert "5 × Forest tea received; 5 are here now." in get_page_text(
        desk.get(again["Location"])
    )


def test_receive_form_without_client_id_receives_each_time(desk, tea):
    submit_receive(desk, tea)
    submit_receive(desk, tea)

    assert StockMovement.objects.count() == 2


@pytest.mark.parametrize(
    "other",
    [{"quantity": "6"}, {"lot": "L8"}, {"best_before": ""}, {"document": "PN-13"}],
)
def test_receive_form_reused_with_other_content_is_refused(desk, tea, other):
    submit_receive(desk, tea, client_id="phone-0001")

    refused = submit_receive(desk, tea, client_id="phone-0001", **other)

    assert refused.status_code == 409
    assert "something else already (received: 5 of lot L7)." in get_page_text(refused)
    assert StockMovement.objects.count() == 1


def test_receive_form_reused_for_other_product_is_refused(desk, tea, honey):
    submit_receive(desk, tea, client_id="phone-0001")

    assert submit_receive(desk, honey, client_id="phone-0001").status_code == 409
    assert StockMovement.objects.count() == 1


def test_receive_form_reused_returns_input_and_new_id(desk, tea):
    submit_receive(desk, tea, client_id="phone-0001")
    refused = submit_receive(desk, tea, client_id="phone-0001", quantity="6")

    submit_receive(desk, tea, client_id=get_form_id(refused), quantity="6")

    assert 'value="6"' in refused.content.decode()
    assert get_stock_snapshot(StockRecord.objects.get()).on_hand == 11


def test_receive_form_refused_for_input_retains_its_id(desk, tea):
    refused = submit_receive(desk, tea, client_id="phone-0001", quantity="0")

    assert get_form_id(refused) == "phone-0001"


def test_receive_form_id_is_separate_per_point(desk, tea, booth, keeper):
    booth.keepers.add(keeper)
    submit_receive(desk, tea, client_id="phone-0001")
    submit_receive(desk, tea, client_id="phone-0001", point="booth", quantity="6")

    assert StockMovement.objects.count() == 2
