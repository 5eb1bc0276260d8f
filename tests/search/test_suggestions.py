"""Suggestions while typing."""

import pytest
from bs4 import BeautifulSoup

from search.queries import suggest
from stores.models import SalesPoint
from tests.factories import make_point
from tests.search.conftest import update_index

pytestmark = pytest.mark.usefixtures("market")


@pytest.fixture
def suggest_slugs(engine):
    from django.utils import timezone

    def slugs(text: str, language: str = "vi") -> list[str]:
        update_index(engine)
        on = timezone.localdate()
        results = suggest(text, language=language, near=None, on=on)
        return [hit.slug for hit in results.hits]

    return slugs


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("qu", "que-thanh"),
        ("quế th", "que-thanh"),
        ("cinam", "que-thanh"),
        ("nuowcs ma", "nuoc-mam-cua-khe"),
        ("lan", "den-long"),
        ("bac tra", "bac-tra-my"),
    ],
)
def test_suggest_completes_unfinished_words(suggest_slugs, text, slug):
    assert slug in suggest_slugs(text)


@pytest.fixture
def river_booth(db):
    return make_point(
        "river",
        name_vi="Gian hàng OCOP khách sạn Rừng Dừa",
        name_en="OCOP booth, Lantern River Hotel",
        kind=SalesPoint.Kind.HOTEL_BOOTH,
        hotel_en="Lantern River Hotel",
    )


@pytest.mark.usefixtures("river_booth")
@pytest.mark.parametrize(
    "text", ["gian hang r", "lantern r", "Lantern River", "rừng d"]
)
def test_suggest_completes_names_of_points(suggest_slugs, text):
    assert "river" in suggest_slugs(text)


@pytest.mark.parametrize("text", ["", " ", "!!", "zzzzzz", "durian"])
def test_suggest_without_match_is_empty(suggest_slugs, text):
    assert suggest_slugs(text) == []


def test_suggestions_are_grouped_by_kind(client):
    page = BeautifulSoup(
        client.get("/products/suggestions/?q=bac").content, "html.parser"
    )

    groups = [group["aria-label"] for group in page.select("[role=group]")]
    assert groups == ["Sản phẩm", "Huyện"]
    links = [option["href"] for option in page.select("[role=option]")]
    assert links == ["/products/que-thanh/", "/districts/bac-tra-my/"]
    assert page.select_one("[data-announcement]")["data-announcement"] == "2 gợi ý"


@pytest.mark.parametrize("text", ["<script>", "%00", "a" * 5000, "'\"", "🍯"])
def test_suggestions_answer_odd_text(client, text):
    response = client.get("/products/suggestions/", {"q": text})

    assert response.status_code == 200
    assert b"<script" not in response.content
