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
from tests.page_text import get_page_text


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
def test_points_page_lists_every_point_in_both_languages(
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
def test_points_page_filters_by_service(client, three_points, service, found):
    response = client.get("/en/sales-points/", {"with": service})

    assert response.status_code == 200
    assert get_listed_slugs(response) == found


def test_points_page_filters_open_points(client, three_points, time_machine):
    time_machine.move_to(timezone.localtime().replace(hour=12, minute=0))

    response = client.get("/en/sales-points/", {"with": "open"})

    assert get_listed_slugs(response) == {"centre", "booth"}


def test_points_page_without_open_point_displays_message(client, db):
    make_point(hours=make_hours())

    response = client.get("/en/sales-points/", {"with": "open"})

    assert "None at this hour." in get_page_text(response)


def test_points_page_without_points_returns_200(client, db):
    assert client.get("/sales-points/").status_code == 200


@pytest.mark.parametrize("number", [1, 12])
def test_points_page_query_count_is_independent_of_points(
    client, number, tea, django_assert_max_num_queries
):
    for _number in range(number):
        put_on_shelf(make_point(), tea, 3)

    with django_assert_max_num_queries(6):
        client.get("/sales-points/")


def test_point_page_shows_hours_services_and_goods(client, centre, tea, tea_at_centre):
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


def test_point_page_shows_only_goods_for_sale(client, centre):
    good, lapsed, stale = (make_product(title_en=t) for t in ("Good", "Lapsed", "Old"))
    records = [put_on_shelf(centre, p, 3) for p in (good, lapsed, stale)]
    expire_certificate(lapsed)
    expire_lot(records[2])

    response = client.get("/en/sales-points/centre/")

    assert [card.product for card in response.context["cards"]] == [good]
    assert response.context["total"] == 1


def test_point_page_with_empty_shelf_displays_message(client, centre):
    assert "The shelf is empty at the moment." in get_page_text(
        client.get("/en/sales-points/centre/")
    )


@pytest.mark.parametrize("goods", [1, 30])
def test_point_page_query_count_is_independent_of_goods(
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
def test_unknown_point_returns_404_in_page_language(client, centre, path, message):
    response = client.get(path)

    assert response.status_code == 404
    assert message in get_page_text(response)


def test_closed_point_returns_404(client, centre):
    SalesPoint.objects.update(is_open=False)

    assert client.get("/sales-points/centre/").status_code == 404
    assert get_listed_slugs(client.get("/sales-points/")) == set()


def test_choose_place_sets_cookie_and_lists_it_first(client, three_points):
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


def test_choose_place_without_next_redirects_to_point(client, three_points):
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
def test_choose_place_ignores_unsafe_next_url(client, three_points, back):
    response = choose_place(client, next=back)

    assert response.status_code == 302
    assert response["Location"] == "/en/sales-points/booth/"


@pytest.mark.parametrize("back", ["nowhere", "desk", "points", "?q=x", "#top"])
def test_choose_place_accepts_malformed_next_path(client, three_points, back):
    response = choose_place(client, next=back)

    assert response.status_code == 302


@pytest.mark.parametrize("slug", ["", "khong-co", "x" * 500, "\x00", "booth'--"])
def test_choose_unknown_place_returns_404(client, three_points, slug):
    response = choose_place(client, slug)

    assert response.status_code == 404
    assert PLACE_COOKIE not in response.cookies


def test_choose_closed_place_returns_404(client, three_points):
    SalesPoint.objects.filter(slug="booth").update(is_open=False)

    response = choose_place(client)

    assert response.status_code == 404


def test_choose_place_refuses_missing_csrf_token(three_points):
    browser = Client(enforce_csrf_checks=True)

    response = choose_place(browser)

    assert response.status_code == 403
    assert PLACE_COOKIE not in response.cookies
    assert "nothing was changed" in get_page_text(response)


def test_choose_place_refuses_get(client, three_points):
    response = client.get("/sales-points/mine/", {"sales_point": "booth"})

    assert response.status_code == 405
    assert PLACE_COOKIE not in response.cookies


@pytest.mark.parametrize("value", ["khong-co", "", "\x00", "é", "x" * 3_000])
def test_invalid_place_cookie_is_ignored(client, three_points, value):
    client.cookies[PLACE_COOKIE] = value

    response = client.get("/en/sales-points/")

    assert response.status_code == 200
    assert not any(row.is_place for row in response.context["rows"])


def test_place_cookie_of_closed_point_is_ignored(client, three_points):
    choose_place(client)
    SalesPoint.objects.filter(slug="booth").update(is_open=False)

    response = client.get("/en/sales-points/")

    assert get_listed_slugs(response) == {"centre", "shop"}
    assert not any(row.is_place for row in response.context["rows"])
