"""Counting on a phone: what is shown, what is not, and what is refused."""

import pytest
from django.utils import timezone

from stores.models import CountLine, StockCount, StockLot
from stores.operations.count import abandon_count, count_lot, start_count
from stores.operations.move import move
from stores.operations.reserve import reserve
from tests.factories import make_product, put_on_shelf
from tests.page_text import get_page_text
from tests.stock_snapshot import get_stock_snapshot
from tests.stores.count_pages import get_count_lot_url, get_count_url, submit_count


@pytest.fixture
def labelled(centre):
    """Five tins with a bar code, lot L1, at the centre."""
    product = make_product(
        title="Mắm ruốc Duy Trinh", title_en="Shrimp paste", upc="8938500000014"
    )
    return put_on_shelf(centre, product, 5)


def test_start_count_page_redirects_to_shelf_list(desk, keeper, centre, tea_at_centre):
    response = desk.post("/en/desk/centre/counts/start/", follow=True)

    begun = StockCount.objects.get()
    page = get_page_text(response)
    assert (begun.point, begun.started_by) == (centre, keeper)
    assert response.redirect_chain == [(get_count_url(begun), 302)]
    assert "0 of 1 lots counted" in page
    assert "Forest tea" in page


def test_start_count_page_with_open_count_links_to_it(desk, count):
    response = desk.post("/en/desk/centre/counts/start/")

    assert response.status_code == 409
    assert "A count of this point is open already." in get_page_text(response)
    assert get_count_url(count) in response.content.decode()
    assert StockCount.objects.count() == 1


def test_open_count_pages_hide_expected_numbers(desk, count, centre, tea, booth):
    record = put_on_shelf(centre, tea, 4973)
    reserve(lines={record.pk: 3541}, at=timezone.now())
    addresses = [
        get_count_url(count),
        get_count_url(count, "?show=all"),
        get_count_url(count, "?q=tra"),
        get_count_lot_url(count, record),
        get_count_url(count, "book/"),
        "/en/desk/centre/counts/",
    ]

    pages = [desk.get(address) for address in addresses]
    pages.append(submit_count(desk, count, record, "2.5"))
    submit_count(desk, count, record, "12")
    pages += [desk.get(address) for address in addresses]
    submit_count(desk, count, record, "13", seen="1")
    pages += [desk.get(address) for address in addresses]
    pages.append(submit_count(desk, count, record, "14", seen="1"))

    for page in pages:
        html = page.content.decode()
        for secret in (4973, 3541, 4973 - 3541, 4973 - 12, 4973 - 13):
            assert str(secret) not in html
            assert f"{secret:,}" not in html


def test_abandoned_count_pages_hide_expected_numbers(desk, count, centre, tea, keeper):
    record = put_on_shelf(centre, tea, 4973)
    submit_count(desk, count, record, "12")
    abandon_count(count=count, actor=keeper, at=timezone.now())

    for address in (get_count_url(count), "/en/desk/centre/counts/"):
        html = desk.get(address).content.decode()
        assert "4,973" not in html
        assert "4,961" not in html


def test_count_lot_page_stores_counted_number(
    desk, count, tea_at_centre, honey_at_centre
):
    response = submit_count(desk, count, tea_at_centre, "9")

    assert response["Location"] == get_count_url(count)
    assert count.lines.get().counted == 9
    page = get_page_text(desk.get(get_count_url(count)))
    assert "9 × Forest tea written down." in page
    assert "1 of 2 lots counted" in page
    assert "To count 1" in page
    assert get_stock_snapshot(tea_at_centre).on_hand == 10


def test_count_page_lists_counted_lot_as_done(
    desk, count, tea_at_centre, honey_at_centre
):
    submit_count(desk, count, tea_at_centre, "9")
    desk.get(get_count_url(count))  # the message is read

    to_do = get_page_text(desk.get(get_count_url(count)))
    done = get_page_text(desk.get(get_count_url(count, "?show=done")))

    assert "Forest honey" in to_do
    assert "Forest tea" not in to_do
    assert "Forest tea" in done
    assert "Forest honey" not in done


def test_count_lot_page_requests_recount_of_large_difference(
    desk, count, tea_at_centre
):
    response = submit_count(desk, count, tea_at_centre, "4")

    assert response["Location"] == get_count_lot_url(count, tea_at_centre)
    page = get_page_text(desk.get(get_count_lot_url(count, tea_at_centre)))
    assert "Please count this lot once more" in page
    assert " 4 " not in page
    listed = get_page_text(desk.get(get_count_url(count)))
    assert "To count 1" in listed
    assert "Please count once more" in listed


def test_count_lot_page_accepts_second_number(desk, count, tea_at_centre):
    submit_count(desk, count, tea_at_centre, "4")

    response = submit_count(desk, count, tea_at_centre, "4", seen="1")

    assert response["Location"] == get_count_url(count)
    assert (count.lines.get().counted, count.lines.get().times) == (4, 2)


@pytest.mark.parametrize("counted", ["", "-3", "2.5", "ten", "10000", "²", "\x00"])
def test_count_lot_page_refuses_invalid_number(desk, count, tea_at_centre, counted):
    response = submit_count(desk, count, tea_at_centre, counted)

    assert response.status_code == 422
    assert "Write a whole number from 0 to 9,999." in get_page_text(response)
    assert not CountLine.objects.exists()


@pytest.mark.parametrize("seen", ["", "x", "-1", "99999"])
def test_count_lot_page_with_invalid_seen_value_is_refused(
    desk, count, tea_at_centre, seen
):
    submit_count(desk, count, tea_at_centre, "9")

    response = submit_count(desk, count, tea_at_centre, "8", seen=seen)

    assert response.status_code in (409, 422)
    assert count.lines.get().counted == 9


def test_count_lot_page_names_colleague_who_counted(
    desk, count, tea_at_centre, signed_in, manager
):
    submit_count(signed_in(manager), count, tea_at_centre, "9")

    response = submit_count(desk, count, tea_at_centre, "8")

    assert response.status_code == 409
    assert f"by {manager}" in get_page_text(response)
    assert count.lines.get().counted == 9


@pytest.mark.parametrize(
    "scanned",
    [
        "8938500000014",
        "893 8500 000014",
        "08938500000014",
        "https://ocop.example/01/08938500000014/10/L1",
        "https://ocop.example/01/08938500000014",
    ],
)
def test_scan_label_redirects_to_lot(desk, count, labelled, tea_at_centre, scanned):
    response = desk.get(get_count_url(count), {"q": scanned})

    assert response["Location"] == get_count_lot_url(count, labelled)


def test_scan_bar_code_of_several_lots_lists_them(desk, count, centre, labelled):
    put_on_shelf(centre, labelled.product, 5, lot="L2")

    page = get_page_text(desk.get(get_count_url(count), {"q": "8938500000014"}))

    assert "L1" in page
    assert "L2" in page


def test_scan_label_finds_sold_out_lot(desk, count, labelled):
    lot = labelled.lots.get()
    move(
        record=labelled,
        batch=lot.batch,
        kind="sell_at_desk",
        quantity=-5,
        at=timezone.now(),
        actor=None,
    )
    assert "Shrimp" not in get_page_text(desk.get(get_count_url(count)))

    response = desk.get(get_count_url(count), {"q": "8938500000014"})

    assert response["Location"] == get_count_lot_url(count, labelled)


def test_scan_numeric_lot_is_searched_as_text(desk, count, centre, tea):
    put_on_shelf(centre, tea, 5, lot="20261124")

    page = get_page_text(desk.get(get_count_url(count), {"q": "20261124"}))

    assert "Forest tea" in page


def test_count_page_sums_large_values_exactly(desk, count, centre):
    ginseng = make_product(title_en="Ginseng", price_vnd=250_000_000)
    record = put_on_shelf(centre, ginseng, 9_999)
    submit_count(desk, count, record, "0")
    submit_count(desk, count, record, "0", seen="1")
    desk.post(get_count_url(count, "book/"), {"reason": "Mất"})

    for address in (get_count_url(count), "/en/desk/centre/counts/"):
        assert "2,499,750,000,000 ₫" in get_page_text(desk.get(address))


def test_count_page_search_ignores_accents(desk, count, labelled, tea_at_centre):
    page = get_page_text(
        desk.get(get_count_url(count, language="vi"), {"q": "mam ruoc"})
    )

    assert "Mắm ruốc" in page
    assert "Trà rừng" not in page


@pytest.mark.parametrize(
    ("scanned", "status", "sentence"),
    [
        ("4006381333931", 404, "No product has the bar code 4006381333931."),
        ("8938500000021", 409, "Booth salt has never been at this point"),
        ("https://x.test/01/08938500000014/10/L9", 409, "Receive it first"),
    ],
)
def test_scan_label_of_goods_not_here_is_refused(
    desk, count, booth, labelled, scanned, status, sentence
):
    elsewhere = make_product(title_en="Booth salt", upc="8938500000021")
    put_on_shelf(booth, elsewhere, 5)

    response = desk.get(get_count_url(count), {"q": scanned})

    assert response.status_code == status
    assert sentence in get_page_text(response)


@pytest.mark.parametrize("method", ["get", "post"])
def test_count_lot_page_refuses_product_never_at_point(
    desk, count, booth, honey, method
):
    record = put_on_shelf(booth, honey, 3)

    response = getattr(desk, method)(get_count_lot_url(count, record), {"counted": "3"})

    assert response.status_code == 409
    assert "Forest honey has never been at this point" in get_page_text(response)
    assert not CountLine.objects.exists()
    assert not StockLot.objects.filter(record__partner__code="centre").exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_count_lot_page_refuses_lot_never_received(
    desk, count, booth, tea, tea_at_centre, method
):
    record = put_on_shelf(booth, tea, 3, lot="ELSEWHERE")

    response = getattr(desk, method)(get_count_lot_url(count, record), {"counted": "3"})

    assert response.status_code == 409
    assert "Lot ELSEWHERE of Forest tea is not in the books" in get_page_text(response)
    assert not CountLine.objects.exists()


@pytest.mark.parametrize(
    "query",
    [{"page": "x"}, {"show": "?"}, {"q": "\x00"}, {"q": "%_'"}, {"q": "1" * 90}],
)
def test_count_page_answers_odd_query(desk, count, tea_at_centre, query):
    assert desk.get(get_count_url(count), query).status_code == 200


def test_abandon_count_page_leaves_stock_unchanged(desk, count, tea_at_centre):
    submit_count(desk, count, tea_at_centre, "9")
    before = get_stock_snapshot(tea_at_centre)

    response = desk.post(get_count_url(count, "abandon/"), follow=True)

    assert "The count was given up. The books are as before." in get_page_text(response)
    assert get_stock_snapshot(tea_at_centre) == before


def test_count_pages_of_another_point_return_404(
    desk, booth, other_keeper, honey, tea_at_centre
):
    record = put_on_shelf(booth, honey, 3)
    theirs = start_count(point=booth, actor=other_keeper, at=timezone.now())
    batch = record.lots.get().batch
    count_lot(
        count=theirs,
        batch=batch,
        counted=2,
        seen=0,
        actor=other_keeper,
        at=timezone.now(),
    )

    for rest in ("", f"lots/{batch.pk}/", "book/"):
        assert desk.get(get_count_url(theirs, rest)).status_code == 404
    for rest in (f"lots/{batch.pk}/", "book/", "abandon/"):
        data = {"counted": "1", "seen": "1", "reason": "Vỡ"}
        assert desk.post(get_count_url(theirs, rest), data).status_code == 404
    assert theirs.lines.get().counted == 2
    assert StockCount.objects.get().status == "open"


@pytest.mark.parametrize("pk", [0, 999_999_999, 10**30])
def test_count_pages_of_unknown_count_or_lot_return_404(desk, count, pk):
    assert desk.get(f"/desk/centre/counts/{pk}/").status_code == 404
    assert desk.get(get_count_url(count, f"lots/{pk}/")).status_code == 404


@pytest.fixture
def long_shelf(centre, tea_at_centre):
    """Two thousand lots at the centre, as a long year leaves them."""
    batch = type(tea_at_centre.lots.get().batch)
    batches = batch.objects.bulk_create(
        batch(product=tea_at_centre.product, lot=f"N{number}")
        for number in range(2_000)
    )
    StockLot.objects.bulk_create(
        StockLot(record=tea_at_centre, batch=batch, on_hand=3) for batch in batches
    )
    return batches


def test_count_pages_paginate_two_thousand_lots_with_few_queries(
    desk, count, tea_at_centre, long_shelf, django_assert_max_num_queries
):
    CountLine.objects.bulk_create(
        CountLine(
            count=count,
            record=tea_at_centre,
            batch=batch,
            counted=2,
            expected=3,
            price_vnd=95_000,
            counted_at=timezone.now(),
        )
        for batch in long_shelf[:1_000]
    )
    addresses = {
        get_count_url(count): 60,
        get_count_url(count, "?show=done"): 60,
        get_count_url(count, "?q=tra"): 60,
        get_count_url(count, "book/"): 60,
        get_count_lot_url(count, tea_at_centre): 0,
        "/en/desk/centre/counts/": 0,
    }

    for address, most in addresses.items():
        with django_assert_max_num_queries(13):
            response = desk.get(address)
        assert response.status_code == 200
        assert len(response.context.get("page") or []) <= most or "counts/" in address

    StockCount.objects.update(status="booked", ended_at=timezone.now())
    with django_assert_max_num_queries(13):
        assert "Missing 1,000" in get_page_text(desk.get(get_count_url(count)))
