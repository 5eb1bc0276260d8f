"""Sales points as visitors see them, and the choice of one's own."""

import pytest
from django.test import Client
from django.utils import timezone

from stores.middleware import PLACE_COOKIE
from stores.models import SalesPoint
from tests.factories import (
    expire_certificate,
    expire_lot,
    make_hours,
    make_point,
    make_product,
    put_on_shelf,
)
from tests.reading import get_page_text


@pytest.fixture
def three_points(centre, booth):
    """The centre and a booth, both open, and a closed shop with a tasting table."""
    make_point("shop", hours=make_hours(), offers_tasting=True)


def get_listed_slugs(response) -> set[str]:
    return {row.point.slug for row in response.context["rows"]}


def choose_place(client, point="booth", **fields):
    return client.post("/en/sales-points/mine/", {"sales_point": point} | fields)


@pytest.mark.parametrize(
    ("path", "word", "name"),
    [
        ("/sales-points/", "Điểm bán", "Khách sạn booth"),
        ("/en/sales-points/", "Sales points", "Hotel booth"),
    ],
)
def test_every_point_is_listed_in_both_languages(
    client, three_points, path, word, name
):
    response = client.get(path)

    page = get_page_text(response)
    assert response.status_code == 200
    assert get_listed_slugs(response) == {"centre", "booth", "shop"}
    assert word in page
    assert name in page


@pytest.mark.parametrize(
    ("service", "found"),
    [
        ("room", {"centre", "booth"}),
        ("tasting", {"shop"}),
        ("nonsense", {"centre", "booth", "shop"}),
        ("", {"centre", "booth", "shop"}),
        ("\x00", {"centre", "booth", "shop"}),
    ],
)
def test_points_are_narrowed_by_what_they_offer(client, three_points, service, found):
    response = client.get("/en/sales-points/", {"with": service})

    assert response.status_code == 200
    assert get_listed_slugs(response) == found


def test_points_open_at_noon_are_found_at_noon(client, three_points, time_machine):
    time_machine.move_to(timezone.localtime().replace(hour=12, minute=0))

    response = client.get("/en/sales-points/", {"with": "open"})

    assert get_listed_slugs(response) == {"centre", "booth"}


def test_nothing_open_is_said(client, db):
    make_point(hours=make_hours())

    response = client.get("/en/sales-points/", {"with": "open"})

    assert "None at this hour." in get_page_text(response)


def test_a_market_without_points_has_still_a_page(client, db):
    assert client.get("/sales-points/").status_code == 200


@pytest.mark.parametrize("number", [1, 12])
def test_the_list_costs_the_same_for_one_and_for_many(
    client, number, tea, django_assert_max_num_queries
):
    for _number in range(number):
        put_on_shelf(make_point(), tea, 3)

    with django_assert_max_num_queries(6):
        client.get("/sales-points/")


def test_a_point_shows_its_hours_its_services_and_its_shelf(
    client, centre, tea, tea_at_centre
):
    response = client.get("/en/sales-points/centre/")

    page = get_page_text(response)
    for expected in (
        centre.name_en,
        centre.address,
        centre.address_old,
        "00:00 – 23:59",
        "Collect with a code",
        "Brought to your room",
        "Forest tea",
        "95,000 ₫",
    ):
        assert expected in page


def test_a_point_shows_only_what_may_be_sold_and_is_free(client, centre):
    good, lapsed, stale = (make_product(title_en=t) for t in ("Good", "Lapsed", "Old"))
    records = [put_on_shelf(centre, p, 3) for p in (good, lapsed, stale)]
    expire_certificate(lapsed)
    expire_lot(records[2])

    response = client.get("/en/sales-points/centre/")

    assert [card.product for card in response.context["cards"]] == [good]
    assert response.context["total"] == 1


def test_an_empty_shelf_is_said(client, centre):
    assert "The shelf is empty at the moment." in get_page_text(
        client.get("/en/sales-points/centre/")
    )


@pytest.mark.parametrize("goods", [1, 30])
def test_a_points_page_costs_the_same_for_one_product_and_for_many(
    client, centre, goods, django_assert_max_num_queries
):
    for _number in range(goods):
        put_on_shelf(centre, make_product(), 3)

    with django_assert_max_num_queries(12):
        client.get("/sales-points/centre/")


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/sales-points/khong-co/", "Gian này không có ở chợ"),
        ("/en/sales-points/khong-co/", "This stall is not in the market"),
    ],
)
def test_an_unknown_point_is_not_found_in_either_language(
    client, centre, path, message
):
    response = client.get(path)

    assert response.status_code == 404
    assert message in get_page_text(response)


def test_a_point_that_closed_for_good_is_not_found(client, centre):
    SalesPoint.objects.update(is_open=False)

    assert client.get("/sales-points/centre/").status_code == 404
    assert get_listed_slugs(client.get("/sales-points/")) == set()


def test_a_chosen_place_is_kept_and_leads(client, three_points):
    response = choose_place(client, next="/en/products/?q=tea")

    assert (response.status_code, response["Location"]) == (302, "/en/products/?q=tea")
    cookie = response.cookies[PLACE_COOKIE]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == (
        "booth",
        True,
        "Lax",
    )
    rows = client.get("/en/sales-points/").context["rows"]
    assert (rows[0].point.slug, rows[0].is_place, rows[0].distance_km) == (
        "booth",
        True,
        0,
    )


def test_without_a_way_back_one_lands_at_the_point(client, three_points):
    assert choose_place(client)["Location"] == "/en/sales-points/booth/"


@pytest.mark.parametrize(
    "back",
    [
        "https://evil.example",
        "http://evil.example/en/products/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        " //evil.example",
        "http://testserver@evil.example/",
        "",
    ],
)
def test_nobody_is_sent_elsewhere(client, three_points, back):
    response = choose_place(client, next=back)

    assert response.status_code == 302
    assert response["Location"] == "/en/sales-points/booth/"


@pytest.mark.parametrize("back", ["nowhere", "desk", "points", "?q=x", "#top"])
def test_a_way_back_that_is_no_path_is_harmless(client, three_points, back):
    response = choose_place(client, next=back)

    assert response.status_code == 302


@pytest.mark.parametrize("slug", ["", "khong-co", "x" * 500, "\x00", "booth'--"])
def test_a_place_that_is_none_is_not_found(client, three_points, slug):
    response = choose_place(client, slug)

    assert response.status_code == 404
    assert PLACE_COOKIE not in response.cookies


def test_a_point_that_closed_for_good_is_no_place(client, three_points):
    SalesPoint.objects.filter(slug="booth").update(is_open=False)

    response = choose_place(client)

    assert response.status_code == 404


def test_a_place_is_chosen_by_a_form_of_ours(three_points):
    browser = Client(enforce_csrf_checks=True)

    response = choose_place(browser)

    assert response.status_code == 403
    assert PLACE_COOKIE not in response.cookies
    assert "nothing was changed" in get_page_text(response)


def test_looking_chooses_nothing(client, three_points):
    response = client.get("/sales-points/mine/", {"sales_point": "booth"})

    assert response.status_code == 405
    assert PLACE_COOKIE not in response.cookies


@pytest.mark.parametrize("value", ["khong-co", "", "\x00", "é", "x" * 3_000])
def test_a_cookie_that_names_no_place_is_passed_over(client, three_points, value):
    client.cookies[PLACE_COOKIE] = value

    response = client.get("/en/sales-points/")

    assert response.status_code == 200
    assert not any(row.is_place for row in response.context["rows"])


def test_a_cookie_of_a_point_that_closed_is_passed_over(client, three_points):
    choose_place(client)
    SalesPoint.objects.filter(slug="booth").update(is_open=False)

    response = client.get("/en/sales-points/")

    assert get_listed_slugs(response) == {"centre", "shop"}
    assert not any(row.is_place for row in response.context["rows"])
