"""What is Vietnamese on a page in English is marked; other help for screen readers."""

import pytest
from bs4 import BeautifulSoup
from django.template import Context, Template
from django.test import Client
from django.utils import translation

from marketplace.templatetags.formatting import language_runs, mark_vi, vi
from tests.factories import make_producer, make_product, put_on_shelf


@pytest.mark.parametrize(
    ("name", "marked"),
    [
        ("Cinnamon bark of Trà My, 100 g", ["Trà My"]),
        ("Hội An Centre", ["Hội An"]),
        ("Mì Quảng", ["Mì Quảng"]),
        ("Cửa Khê fish sauce, Bình Dương", ["Cửa Khê", "Bình Dương"]),
        ("Quê Vườn Cooperative", ["Quê Vườn"]),
        ("Forest honey", []),
        ("Café Noir", ["Café"][:0]),
        ("", []),
    ],
)
def test_mark_vi_marks_vietnamese_words_on_english_page(name, marked):
    with translation.override("en"):
        html = BeautifulSoup(mark_vi(name), "html.parser")

        assert [one.get_text() for one in html.select("[lang=vi]")] == marked
        assert html.get_text() == name
        assert "".join(run for run, _is_vi in language_runs(name)) == name


def test_names_are_not_marked_on_vietnamese_page():
    assert vi("Hội An") == mark_vi("Hội An") == "Hội An"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_marked_names_are_escaped(language):
    page = Template("{{ name|vi }} {{ name|mark_vi }}")
    with translation.override(language):
        html = page.render(Context({"name": "<b>Hội An"}))

    assert "<b>" not in html


def get_page(path: str) -> BeautifulSoup:
    return BeautifulSoup(Client().get(path).content, "html.parser")


def get_marked(path: str, selector: str) -> list[str]:
    return [one.get_text() for one in get_page(path).select(f"{selector} [lang=vi]")]


def test_english_pages_mark_vietnamese_names(db, centre):
    maker = make_producer(name_en="Quê Vườn Cooperative")
    product = make_product(
        title="Mì Quảng", title_en="Mì Quảng", producer=maker, commune=maker.commune
    )
    put_on_shelf(centre, product, 3)
    district = maker.commune.parent.short_name
    centre.name_en = "Hội An Centre"
    centre.save()

    assert get_marked(f"/en/products/{product.slug}/", "h1") == ["Mì\u00a0Quảng"]
    assert get_marked("/en/products/", ".card-name") == ["Mì Quảng"]
    assert get_marked("/en/products/", ".card-from") == [district]
    assert district in get_marked("/en/products/", ".filter .tile")
    with translation.override("en"):
        assert get_marked(maker.get_absolute_url(), "h1") == ["Quê\u00a0Vườn"]
        assert get_marked(centre.get_absolute_url(), "h1") == ["Hội An"]
    assert not get_page("/products/").select("main [lang=vi]")


@pytest.mark.parametrize(
    ("path", "text"), [("/products/", "EN"), ("/en/products/", "VI")]
)
def test_name_of_language_link_begins_with_what_it_shows(db, path, text):
    link = get_page(path).select_one("header [hreflang]")

    assert link.get_text(strip=True) == text
    assert link["aria-label"].startswith(text)


def test_demonstration_notice_is_a_landmark(db, settings):
    settings.DEBUG = True

    notice = get_page("/en/products/").select_one(".notice")
    assert notice.name == "aside"
    assert notice["aria-label"]
