"""What is said when something cannot be had, in the language of the page."""

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import DataError, OperationalError
from django.test import Client, RequestFactory

from marketplace.office.permissions import grant_manager_permissions
from marketplace.wsgi import application
from tests.marketplace.shopping import get_page_text, parse_page, translate

LANGUAGES = (("", "vi"), ("/en", "en"))
NOT_FOUND = "This stall is not in the market"
FORBIDDEN = "This door stays shut"


@pytest.mark.parametrize("charset", ["utf-7", "UTF-16"])
def test_request_in_unsupported_charset_returns_400(client, site, charset):
    kind = f"text/plain; charset={charset}"
    for path in ("/products/?q=%2B2AA-", "/api/v1/search?q=%2B2AA-"):
        assert client.get(path, CONTENT_TYPE=kind).status_code == 400
    form = f"application/x-www-form-urlencoded; charset={charset}"
    assert client.post("/basket/add/", b"q=+2AA-", form).status_code == 400

    kind = "application/x-www-form-urlencoded; charset=UTF-8"
    assert client.get("/products/?q=a", CONTENT_TYPE=kind).status_code == 200


@pytest.mark.parametrize("charset", ["base64", "idna", "rot13", "undefined", "hex"])
@pytest.mark.parametrize("path", ["/en/products/", "/api/v1/search", "/basket/add/"])
def test_request_in_charset_that_is_no_text_returns_400(site, charset, path):
    environ = RequestFactory().generic("POST", path, b"q=a", QUERY_STRING="q=a").environ
    kind = f"application/x-www-form-urlencoded; charset={charset}"

    response = application(environ | {"CONTENT_TYPE": kind}, lambda *_: None)

    assert response.status_code == 400
    assert BAD_REQUEST in get_page_text(response)


BACKSLASH_NUL = r"\000"
"""A NUL as cookies have it."""

NUL_PATHS = (
    "/dashboard/orders/?order_number=%00",
    "/dashboard/orders/?name=%00&product_title=%00",
    "/desk/centre/receive/?product=%00",
    "/desk/centre/shelf/?q=%00",
    "/en/office/transfers/?case=%00&page=%00",
    "/en/products/?q=%00&district=%00&price_min=%00",
    "/en/products/a%00b/",
    "/orders/a%00/b/",
    "/a%00b/",
    "/editor/pages/search/?q=%00",
    "/editor/images/?q=%00",
)


@pytest.mark.parametrize("path", NUL_PATHS)
def test_nul_in_address_is_never_a_server_error(signed_in, manager, centre, site, path):
    manager.is_superuser = True
    manager.save()

    response = signed_in(manager).get(path)

    assert response.status_code < 500


def test_nul_in_dashboard_search_returns_400_page(signed_in, manager, site):
    manager.groups.add(grant_manager_permissions())

    response = signed_in(manager).get("/en/dashboard/orders/?order_number=%00")

    assert response.status_code == 400
    assert "Chúng tôi không đọc được yêu cầu này" in get_page_text(response)
    assert BAD_REQUEST in get_page_text(response)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("error", [DataError, OverflowError])
def test_impossible_value_in_api_returns_json_400(
    client, db, monkeypatch, error, language
):
    def raise_it(*_args: object, **_kwargs: object) -> None:
        raise error("a secret of ours")

    monkeypatch.setattr("marketplace.api.search.run_search", raise_it)

    response = client.get(f"/api/v1/search?q=a&lang={language}")

    sentence = "A value in this request is none that can be stored."
    assert response.status_code == 400
    assert response.json()["error"] == {
        "code": "impossible_value",
        "message": translate(sentence, language),
    }


@pytest.mark.parametrize("path", ["products/a%00b", "sales-points/a%00/stock"])
def test_nul_in_api_path_returns_json_404(client, db, path):
    response = client.get(f"/api/v1/{path}")

    assert (response.status_code, response.json()["error"]["code"]) == (
        404,
        "not_found",
    )


@pytest.mark.parametrize("name", ["sessionid", "place", "oscar_open_basket"])
def test_cookie_with_nul_is_ignored(db, name):
    cookie = {"Cookie": f'{name}="{BACKSLASH_NUL * 12}"'}
    browser = Client(enforce_csrf_checks=True)

    read = browser.get("/en/account/", headers=cookie)
    sent = browser.post("/basket/add/", {"product": "tra-rung"}, headers=cookie)

    assert read.status_code == 302  # to sign in
    assert sent.status_code == 403  # without the cookie of the form


ENDLESS = "9" * 30


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/office/payments/{ENDLESS}/", 404),
        (f"/desk/centre/transfers/?number={ENDLESS}", 404),
        (f"/products/?page={ENDLESS}", 404),
        (f"/desk/centre/sell/?add={ENDLESS}", 200),
        (f"/editor/images/?collection_id={ENDLESS}", 200),
        ("/dashboard/orders/?date_from=2026-99-99", 200),
        ("/editor/pages/?ordering=password", 200),
    ],
)
def test_number_without_end_in_address_is_answered(
    signed_in, manager, centre, site, path, status
):
    manager.is_superuser = True
    manager.save()

    assert signed_in(manager).get(path).status_code == status


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"x", "multipart/form-data"),
        (b"x", "multipart/form-data; boundary=\xff"),
        (b"a=1&" * 1_100, "application/x-www-form-urlencoded"),
        (b"a=" + b"x" * 2_700_000, "application/x-www-form-urlencoded"),
    ],
)
def test_form_that_cannot_be_read_returns_400_page(client, site, body, kind):
    response = client.post("/en/basket/add/", body, content_type=kind)

    assert response.status_code == 400
    assert BAD_REQUEST in get_page_text(response)


@pytest.mark.parametrize(("base", "language"), LANGUAGES)
def test_get_on_post_only_url_returns_405_with_explanation(
    client, site, base, language
):
    response = client.get(f"{base}/basket/add/")

    why = (
        "This address only takes a form, and none came with it; nothing was changed."
        " Open the page with the form and send it again."
    )
    assert response.status_code == 405
    assert response["Allow"] == "POST"
    assert parse_page(response).select_one(".lead").get_text(strip=True) == translate(
        why, language
    )


@pytest.mark.parametrize(("base", "language"), LANGUAGES)
@pytest.mark.parametrize(
    "path",
    [
        "products/no-such-thing/",
        "products/?page=9999",
        "products/?page=0",
        "products/?page=abc",
        "producers/nobody/",
        "districts/ha-noi/",
        "districts/ha-noi/panel/",
        "sales-points/nowhere/",
        "stories/never-written/",
        "orders/QN-0000001/guess/",
        "no/such/page/",
        "index.php",
        "products/Nước-mắm/",
    ],
)
def test_not_found_page_offers_search_in_page_language(
    client, site, path, base, language
):
    response = client.get(f"{base}/{path}")

    page = parse_page(response)
    assert response.status_code == 404
    assert page.html["lang"] == language
    assert page.h1.get_text(strip=True) == translate(NOT_FOUND, language)
    assert page.select_one('main form[role=search] input[name="q"]')
    assert page.select("meta[name=robots][content=noindex]")
    assert not page.select("link[rel=canonical], link[hreflang]")


@pytest.mark.parametrize(("base", "language"), LANGUAGES)
def test_forbidden_page_explains_in_page_language(
    signed_in, stranger, site, base, language
):
    response = signed_in(stranger).get(f"{base}/desk/")

    page = parse_page(response)
    assert response.status_code == 403
    assert page.html["lang"] == language
    assert page.h1.get_text(strip=True) == translate(FORBIDDEN, language)
    sentence = (
        "This page is for people who work here, and this account is not one of theirs."
    )
    assert page.select_one(".lead").get_text(strip=True) == translate(
        sentence, language
    )


@pytest.mark.parametrize(("base", "language"), LANGUAGES)
@pytest.mark.parametrize(
    "path", ["basket/add/", "checkout/", "account/sign-in/", "sales-points/mine/"]
)
def test_csrf_failure_page_explains_in_page_language(site, path, base, language):
    response = Client(enforce_csrf_checks=True).post(f"{base}/{path}", {"x": "1"})

    assert response.status_code == 403
    assert translate(FORBIDDEN, language) in get_page_text(response)
    assert translate(
        "The form was too old, or cookies are off. Go back, load the page again and"
        " send it once more; nothing was changed.",
        language,
    ) in get_page_text(response)


def raise_error(*_args: object, **_kwargs: object) -> None:
    raise RuntimeError("a secret of ours")


@pytest.mark.parametrize("base", ["", "/en"])
def test_server_error_page_is_bilingual_and_hides_details(site, monkeypatch, base):
    monkeypatch.setattr("search.views.run_search", raise_error)
    patient = Client(raise_request_exception=False)

    response = patient.get(f"{base}/products/")

    assert response.status_code == 500
    words = get_page_text(response)
    assert "Có trục trặc ở phía chúng tôi" in words
    assert "Something broke on our side" in words
    assert "secret" not in response.content.decode()
    assert "Traceback" not in response.content.decode()


BAD_REQUEST = "We could not read this"


def raise_suspicious(*_args: object, **_kwargs: object) -> None:
    raise SuspiciousOperation("a secret of ours")


def test_bad_request_page_is_bilingual_and_hides_details(site, client, monkeypatch):
    monkeypatch.setattr("search.views.run_search", raise_suspicious)

    response = client.get("/en/products/")

    assert response.status_code == 400
    words = get_page_text(response)
    assert "Chúng tôi không đọc được yêu cầu này" in words
    assert BAD_REQUEST in words
    assert "secret" not in response.content.decode()


class TestErrorPagesWithDebug:
    """A demonstration shows the same pages, although errors are on screen elsewhere."""

    @pytest.fixture(autouse=True)
    def _demonstration(self, settings, site):
        settings.DEBUG = True
        settings.MIDDLEWARE = [
            *settings.MIDDLEWARE,
            "marketplace.middleware.ErrorPages",
        ]

    @pytest.mark.parametrize(
        "path",
        ["/en/products/nothing/", "/en/no/such/page/", "/en/index.php", "/x.php"],
    )
    def test_not_found_with_debug_shows_error_page(self, client, path):
        response = client.get(path)

        language = "en" if path.startswith("/en/") else "vi"
        assert response.status_code == 404
        assert parse_page(response).h1.get_text(strip=True) == translate(
            NOT_FOUND, language
        )

    def test_missing_trailing_slash_with_debug_redirects(self, client):
        response = client.get("/en/districts")

        assert (response.status_code, response["Location"]) == (301, "/en/districts/")

    def test_permission_denied_with_debug_shows_error_page(self, client, monkeypatch):
        def raise_permission_denied(*_args: object, **_kwargs: object) -> None:
            raise PermissionDenied

        monkeypatch.setattr("search.views.run_search", raise_permission_denied)

        response = client.get("/en/products/")

        assert response.status_code == 403
        assert FORBIDDEN in get_page_text(response)

    def test_bad_request_with_debug_shows_error_page(self, client, monkeypatch):
        monkeypatch.setattr("search.views.run_search", raise_suspicious)

        response = client.get("/en/products/")

        assert response.status_code == 400
        assert BAD_REQUEST in get_page_text(response)

    def test_impossible_value_with_debug_shows_error_page(self, client, monkeypatch):
        def raise_data_error(*_args: object, **_kwargs: object) -> None:
            raise DataError

        monkeypatch.setattr("search.views.run_search", raise_data_error)
        monkeypatch.setattr("marketplace.api.search.run_search", raise_data_error)

        page, answer = client.get("/en/products/"), client.get("/api/v1/search")

        assert (page.status_code, answer.status_code) == (400, 400)
        assert BAD_REQUEST in get_page_text(page)
        assert answer.json()["error"]["code"] == "impossible_value"

    def test_server_error_with_debug_shows_error_page(self, monkeypatch):
        monkeypatch.setattr("search.views.run_search", raise_error)

        response = Client(raise_request_exception=False).get("/en/products/")

        assert response.status_code == 500
        assert "Something broke on our side" in get_page_text(response)
        assert "secret" not in response.content.decode()


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_checks_return_200_uncached(client, db, path):
    response = client.get(path)

    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]


def test_healthz_needs_no_database(client):
    assert client.get("/healthz").content == b"ok"


def test_readyz_without_database_returns_503(client, db, monkeypatch):
    def raise_operational_error(*_args: object) -> None:
        raise OperationalError

    monkeypatch.setattr("marketplace.views.MigrationExecutor", raise_operational_error)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {
        "database": "does not answer",
        "cache": "ok",
        "search": "not asked",
        "tasks": "not asked",
    }


def test_readyz_with_pending_migration_returns_503(client, db, monkeypatch):
    monkeypatch.setattr(
        "marketplace.views.MigrationExecutor.migration_plan",
        lambda *_: [("one", False)],
    )

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["database"] == "migrations are waiting"


def test_readyz_without_cache_returns_503(client, db, monkeypatch):
    monkeypatch.setattr(cache, "get", lambda *_: None)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {
        "database": "ok",
        "cache": "does not answer",
        "search": "database",
        "tasks": "no worker: run manage.py work",
    }
