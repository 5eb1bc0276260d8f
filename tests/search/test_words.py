"""Which words find a product."""

import datetime as dt
import unicodedata

import pytest
from django.utils import timezone

from catalogue.models import Product
from search.queries import run_search
from search.results import SearchQuery
from tests.factories import expire_certificate, make_certificate, make_product

pytestmark = pytest.mark.usefixtures("market")


@pytest.mark.parametrize(
    "text",
    [
        "nước mắm cửa khe",
        "nuoc mam cua khe",
        "NƯỚC MẮM",
        "nước mam",
        "nuơc mám",
        "  nuoc   mam  ",
        "nuoc-mam, cua/khe!",
        unicodedata.normalize("NFD", "nước mắm cửa khe"),
    ],
)
def test_accents_capitals_and_signs_between_words_do_not_matter(find_slugs, text):
    assert find_slugs(text) == ["nuoc-mam-cua-khe"]


@pytest.mark.parametrize("text", ["đèn lồng", "den long", "ĐÈN", "Đen Long"])
def test_a_crossed_d_is_a_d(find_slugs, text):
    assert find_slugs(text) == ["den-long"]


def test_accented_words_find_a_name_written_without_accents(find_slugs):
    make_product("mut-dua", title="Mut dua non", title_en="Candied coconut")

    assert find_slugs("mứt dừa") == ["mut-dua"]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("cinnamon sticks", "que-thanh"),
        ("quế thanh", "que-thanh"),
        ("lantern", "den-long"),
        ("đèn", "den-long"),
    ],
)
def test_either_language_finds_on_the_pages_of_both(find_slugs, language, text, slug):
    assert find_slugs(text, language=language) == [slug]


@pytest.mark.parametrize("text", ["cinn", "que tha", "nuoc ma", "lan", "đ"])
def test_a_half_typed_word_finds(find_slugs, text):
    assert len(find_slugs(text)) >= 1


def test_the_middle_of_a_word_finds_nothing(find_slugs):
    assert find_slugs("namon") == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("bac tra my", "district"),
        ("trà giác", "commune"),
        ("Trà Đốc Mới", "the commune's name since 2025"),
        ("htx minh phuc", "maker"),
        ("Minh Phúc cooperative", "maker in English"),
    ],
)
def test_names_of_places_and_makers_find(find_slugs, text, what):
    assert find_slugs(text) == ["que-thanh"], what


@pytest.mark.parametrize(
    "text", ["khe cua mam nuoc", "cinnamon bac tra my", "my cinnamon", "phuc que"]
)
def test_words_are_found_in_any_order_and_place(search_for, text):
    results = search_for(text)

    assert (results.total, results.relaxed) == (1, False)


def test_when_no_product_has_all_words_those_with_some_are_shown_and_it_is_said(
    find_slugs, search_for
):
    results = search_for("cinnamon lantern")

    assert (results.relaxed, results.total) == (True, 2)
    assert set(find_slugs("cinnamon lantern")) == {"que-thanh", "den-long"}


def test_relaxed_facets_count_what_is_shown(search_for):
    results = search_for("cinnamon lantern")

    assert results.facets["district"] == {"bac-tra-my": 1, "hoi-an": 1}


def test_relaxing_asks_for_whole_words_or_telling_beginnings(search_for):
    results = search_for("cinna lanter")

    assert (results.relaxed, results.total) == (True, 2)


def test_what_nobody_makes_is_not_found_and_nothing_is_relaxed(search_for):
    for text in ("durian", "durian mangosteen"):
        results = search_for(text)

        assert (results.total, results.relaxed, results.product_ids) == (0, False, ())
        assert not results.facets


@pytest.mark.parametrize(
    ("text", "slugs"),
    [
        ("q_e", []),
        ("que%thanh", ["que-thanh"]),
        ("que\\", ["que-thanh"]),
        ("%zzz%' OR 1=1 --", []),
        ("'; DROP TABLE search_searchentry; --", []),
    ],
)
def test_signs_that_mean_something_to_a_database_are_only_signs(
    find_slugs, text, slugs
):
    assert find_slugs(text) == slugs


@pytest.mark.parametrize(
    "state", ["lapsed", "withdrawn", "superseded", "not yet", "none", "hidden"]
)
def test_what_may_not_be_sold_is_not_found(find_slugs, cinnamon, state):
    today = timezone.localdate()
    certificates = cinnamon.certificates
    if state == "lapsed":
        expire_certificate(cinnamon)
    elif state == "withdrawn":
        certificates.update(withdrawn_on=today)
    elif state == "superseded":
        certificates.update(superseded_on=today)
    elif state == "not yet":
        certificates.update(decided_on=today + dt.timedelta(days=1))
    elif state == "none":
        certificates.all().delete()
    else:
        Product.objects.filter(pk=cinnamon.pk).update(is_public=False)

    assert find_slugs("cinnamon") == []
    assert "que-thanh" not in find_slugs()


def test_a_certificate_sells_until_the_day_before_it_ends(find_slugs, cinnamon):
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    cinnamon.certificates.update(expires_on=tomorrow)

    assert find_slugs("cinnamon") == ["que-thanh"]
    assert run_search(SearchQuery(text="cinnamon"), on=tomorrow).total == 0


def test_a_product_recognised_again_is_found_once(find_slugs, cinnamon):
    today = timezone.localdate()
    cinnamon.certificates.update(superseded_on=today)
    make_certificate(cinnamon, stars=4, decided_on=today)

    assert find_slugs("cinnamon") == ["que-thanh"]


def test_no_words_find_everything(search_for):
    for text in ("", "   ", "!!! ---", "🍯🏮"):
        assert search_for(text).total == 3
