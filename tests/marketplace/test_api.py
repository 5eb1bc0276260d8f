"""The read API answers as the pages do, and refuses in words."""

import pytest
from django.test import Client
from django.utils import timezone

from tests.factories import expire_certificate, make_certificate


@pytest.fixture
def api(client: Client):
    """Calls the API; returns status and JSON."""

    def get_json(path: str, **parameters: object):
        response = client.get(f"/api/v1/{path}", parameters)
        return response.status_code, response.json()

    return get_json


def test_api_search_returns_documented_shape(api, tea):
    status, answer = api("search", q="tra rung", lang="vi")

    assert status == 200
    assert answer == {
        "total": 1,
        "hits": [
            {
                "kind": "product",
                "slug": "tra-rung",
                "title": "Trà rừng Cù Lao Chàm",
                "url": "/products/tra-rung/",
            }
        ],
        "facets": answer["facets"],
        "did_you_mean": None,
        "relaxed": False,
    }
    assert answer["facets"]["district"] == {"thang-binh": 1}


def test_api_search_returns_did_you_mean(api, tea):
    _status, answer = api("search", q="trax ruwngf")

    assert answer["did_you_mean"] == "trà rừng"
    assert [hit["slug"] for hit in answer["hits"]] == ["tra-rung"]


def test_api_search_answers_in_requested_language(api, tea):
    _status, answer = api("search", q="forest tea", lang="en")

    assert answer["hits"][0]["title"] == "Forest tea"
    assert answer["hits"][0]["url"] == "/en/products/tra-rung/"


@pytest.mark.parametrize(
    ("kind", "text", "slug"),
    [("district", "thang binh", "thang-binh"), ("sales_point", "centre", "centre")],
)
def test_api_search_filters_by_kind(api, tea, centre, kind, text, slug):
    _status, answer = api("search", q=text, kind=kind)

    assert [(hit["kind"], hit["slug"]) for hit in answer["hits"]] == [(kind, slug)]


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"stars": "9"}, "bad_stars"),
        ({"district": "atlantis"}, "bad_district"),
        ({"page": "0"}, "bad_page"),
        ({"page": "x"}, "bad_page"),
        ({"q": "a" * 5000}, "bad_q"),
        ({"lang": "xx"}, "not_understood"),
        ({"kind": "user"}, "not_understood"),
    ],
)
def test_api_search_refuses_invalid_parameters_with_code(api, tea, parameters, code):
    status, answer = api("search", **parameters)

    assert (status, answer["error"]["code"]) == (422, code)
    assert answer["error"]["message"]


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"kind": "district", "stars": "3"}, "bad_kind"),
        ({"price_min": "5", "price_max": "3"}, "bad_price_max"),
    ],
)
def test_api_search_refuses_parameters_that_conflict(api, tea, parameters, code):
    status, answer = api("search", **parameters)

    assert (status, answer["error"]["code"]) == (409, code)
    assert answer["error"]["message"]


@pytest.mark.parametrize(
    "name",
    ["district", "group", "stars", "carry", "point", "price_min", "sort", "page"],
)
def test_api_search_ignores_empty_parameter(api, tea, name):
    status, answer = api("search", q="tra rung", **{name: ""})

    assert (status, answer["total"]) == (200, 1)


def test_api_description_lists_districts_and_points(client, tea, centre):
    schema = client.get("/api/openapi.json").json()
    parameters = schema["paths"]["/api/v1/search"]["get"]["parameters"]
    described = {one["name"]: one["schema"] for one in parameters}

    assert "thang-binh" in described["district"]["items"]["enum"]
    assert described["point"]["enum"] == ["", "centre"]
    assert described["stars"]["items"]["enum"] == ["", "5", "4", "3"]
    assert described["q"]["maxLength"] == 200


def test_api_search_page_beyond_last_returns_404(api, tea):
    status, answer = api("search", page="2")

    assert (status, answer["error"]["code"]) == (404, "no_such_page")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "!!! ---",
        "name:*",
        "AND (",
        '"',
        "'",
        "\\",
        "🍯",
        "trà 茶 чай",
        "'; DROP TABLE x; --",
        "<script>alert(1)</script>",
        "* OR 1=1",
        "a:* & b | !c",
        "NEAR(a b)",
        "password",
    ],
)
@pytest.mark.parametrize("path", ["search", "suggest"])
def test_api_search_answers_odd_queries(api, tea, path, text):
    status, answer = api(path, q=text)

    assert status == 200
    assert {hit["kind"] for hit in answer["hits"]} <= {"product", "district"}


def test_api_suggest_returns_same_items_as_search(api, tea):
    status, answer = api("suggest", q="tra ru")

    assert status == 200
    assert answer["hits"][0] == {
        "kind": "product",
        "slug": "tra-rung",
        "title": "Trà rừng Cù Lao Chàm",
        "url": "/products/tra-rung/",
    }


def test_api_product_returns_certificate_and_stock(api, tea, tea_at_centre):
    _status, data = api("products/tra-rung")

    assert (data["stars"], data["price_vnd"], data["buyable"]) == (4, 95_000, True)
    assert data["stock"] == [{"sales_point": "centre", "available": 10}]
    assert set(data["certificate"]) == {
        "decision_no",
        "decided_on",
        "expires_on",
        "state",
    }
    assert data["certificate"]["state"] == "valid"


def test_api_product_uses_latest_of_two_certificates(api, tea):
    make_certificate(tea, stars=5, decided_on=timezone.localdate(), decision_no="9")

    _status, data = api("products/tra-rung")

    assert (data["stars"], data["certificate"]["decision_no"]) == (5, "9")


def test_api_product_with_lapsed_certificate_is_not_buyable(api, tea, tea_at_centre):
    expire_certificate(tea)

    _status, data = api("products/tra-rung")
    assert (data["stars"], data["buyable"], data["stock"]) == (None, False, [])
    assert data["certificate"]["state"] == "expired"


def test_api_unknown_resource_returns_json_404(api, tea):
    for path in ("products/nothing", "sales-points/nowhere/stock"):
        status, answer = api(path)

        assert (status, answer["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_api_write_methods_return_json_405(client, db, method):
    response = getattr(client, method)("/api/v1/search")

    assert (response.status_code, response["Allow"]) == (405, "GET")
    assert response.json()["error"]["code"] == "not_allowed"


def test_api_lists_return_all_items(api, tea_at_centre):
    assert [p["slug"] for p in api("products")[1]["items"]] == ["tra-rung"]
    assert [p["slug"] for p in api("sales-points")[1]["items"]] == ["centre"]
    assert api("sales-points/centre/stock")[1]["items"][0]["available"] == 10
    slugs = {area["slug"] for area in api("areas")[1]["items"]}
    assert {"hoi-an", "thang-binh"} <= slugs
    assert api("stories")[1] == {"items": []}


def test_api_point_address_is_in_requested_language(api, centre):
    centre.address = "72 Nguyễn Thái Học, phường Hội An"
    centre.save()

    (vi,), (en,) = (api("sales-points", lang=one)[1]["items"] for one in ("vi", "en"))
    assert vi["address"] == "72 Nguyễn Thái Học, phường Hội An"
    assert en["address"] == "72 Nguyễn Thái Học, Hội An ward"


def test_openapi_schema_lists_every_path(client, db):
    paths = client.get("/api/openapi.json").json()["paths"]

    assert {"/api/v1/search", "/api/v1/suggest", "/api/v1/products/{slug}"} <= set(
        paths
    )
    assert client.get("/api/docs").status_code == 200


def test_readyz_reports_search_engine(client, db):
    answer = client.get("/readyz").json()

    assert answer["search"] == "database"


def test_api_search_without_cluster_falls_back_to_database(client, tea, settings):
    settings.ELASTICSEARCH_URL = "http://127.0.0.1:9"

    assert client.get("/api/v1/search?q=tra").json()["total"] == 1
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json()["search"].startswith("database: Elasticsearch does not")
