"""What is said when something cannot be had, in the language of the page."""

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.test import Client

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
    }
