"""Which words find a product."""

import datetime as dt
import unicodedata

import pytest
from django.utils import timezone

from catalogue.models import Product
from search.queries import run_search
from search.results import SearchQuery
from tests.factories import (
    expire_certificate,
    make_certificate,
    make_commune,
    make_product,
)

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
        "nước\u200b mắ\u00adm\ufeff",
        "ｎước\u00a0mắm",
        "nướ\u0441 m\u0430\u0306\u0301m",
        "n\u01b0\u01a1\u0341c ma\u0306\u0301m cu\u031b\u0309a khe",
    ],
)
def test_search_ignores_accents_case_and_punctuation(find_slugs, text):
    assert find_slugs(text) == ["nuoc-mam-cua-khe"]


@pytest.mark.parametrize("text", ["đèn lồng", "den long", "ĐÈN", "Đen Long"])
def test_search_treats_crossed_d_as_d(find_slugs, text):
    assert find_slugs(text) == ["den-long"]


def test_search_with_accents_finds_name_without_accents(find_slugs):
    make_product("mut-dua", title="Mut dua non", title_en="Candied coconut")

    assert find_slugs("mứt dừa") == ["mut-dua"]


def test_search_finds_name_with_stray_code_points(find_slugs):
    make_product(
        "mut-dua",
        title="M\u01b0\u0301t\u00a0d\u1eeb\u200ba \u0441hua \u0110\u00ad\u1ea1i",
        title_en="Sour candied coconut",
    )

    assert find_slugs("mứt dừa chua") == ["mut-dua"]
    assert find_slugs("mứt dừa \u00d0ại") == ["mut-dua"]


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
def test_search_finds_either_language_on_both_sites(find_slugs, language, text, slug):
    assert find_slugs(text, language=language) == [slug]


@pytest.mark.parametrize("text", ["cinn", "que tha", "nuoc ma", "lan", "đ"])
def test_search_finds_unfinished_word(find_slugs, text):
    assert len(find_slugs(text)) >= 1


def test_search_ignores_middle_of_word(find_slugs):
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
def test_search_finds_by_place_and_producer_names(find_slugs, text, what):
    assert find_slugs(text) == ["que-thanh"], what


@pytest.mark.parametrize(
    "text", ["khe cua mam nuoc", "cinnamon bac tra my", "my cinnamon", "phuc que"]
)
def test_search_finds_words_in_any_order(search_for, text):
    results = search_for(text)

    assert (results.total, results.relaxed) == (1, False)


def test_search_without_full_match_relaxes_to_some_words(find_slugs, search_for):
    results = search_for("cinnamon lantern")

    assert (results.relaxed, results.total) == (True, 2)
    assert set(find_slugs("cinnamon lantern")) == {"que-thanh", "den-long"}


def test_relaxed_search_facets_count_relaxed_results(search_for):
    results = search_for("cinnamon lantern")

    assert results.facets["district"] == {"bac-tra-my": 1, "hoi-an": 1}


def test_search_relaxes_with_distinctive_prefixes(search_for):
    results = search_for("cinna lanter")

    assert (results.relaxed, results.total) == (True, 2)


def test_search_for_unknown_product_finds_nothing(search_for):
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
def test_search_treats_sql_characters_as_text(find_slugs, text, slugs):
    assert find_slugs(text) == slugs


@pytest.mark.parametrize(
    "state", ["lapsed", "withdrawn", "superseded", "not yet", "none", "hidden"]
)
def test_search_excludes_products_not_on_sale(find_slugs, cinnamon, state):
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


def test_search_excludes_product_from_certificate_expiry(find_slugs, cinnamon):
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    cinnamon.certificates.update(expires_on=tomorrow)

    assert find_slugs("cinnamon") == ["que-thanh"]
    assert run_search(SearchQuery(text="cinnamon"), on=tomorrow).total == 0


def test_search_finds_recertified_product_once(find_slugs, cinnamon):
    today = timezone.localdate()
    cinnamon.certificates.update(superseded_on=today)
    make_certificate(cinnamon, stars=4, decided_on=today)

    assert find_slugs("cinnamon") == ["que-thanh"]


def test_search_without_words_finds_everything(search_for):
    for text in ("", "   ", "!!! ---", "🍯🏮"):
        assert search_for(text).total == 3


@pytest.mark.parametrize("text", ["fly", "cà phê", "quà tết", "milk"])
def test_search_corrects_nothing_without_evidence(search_for, text):
    make_product("ly", title="Ly phở sứ quà", title_en="Silk tea cup, for Tết")

    assert search_for(text).did_you_mean is None


def test_search_corrects_misspelt_name(search_for):
    results = search_for("lantren")

    assert (results.did_you_mean, results.total) == ("lantern", 1)


@pytest.fixture
def of_tra_que(cinnamon):
    """Herbs, a place whose name has the syllables of tea and cinnamon, and noodles."""
    commune = make_commune(cinnamon.commune.parent, short_name="Quế Sơn")
    return [
        make_product(
            slug, title=title, title_en=title_en, subgroup=subgroup, commune=commune
        )
        for slug, title, title_en, subgroup in [
            ("rau", "Rau thơm Trà Quế", "Trà Quế herb bundle", "fresh_produce"),
            ("mi", "Mì sợi Phú Mỹ", "Phú Mỹ noodles", "cereal_processed"),
            ("khan", "Khăn Trà My", "Trà My scarf", "textile"),
            ("tra", "Trà xanh", "Green tea", "tea"),
        ]
    ]


@pytest.mark.usefixtures("of_tra_que")
@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    ("text", "slugs"),
    [
        ("cinnamon", {"que-thanh"}),
        ("quế", {"que-thanh"}),
        ("que", {"que-thanh"}),
        ("tea", {"tra"}),
        ("trà", {"tra"}),
        ("noodles", {"mi"}),
        ("trà quế", {"rau"}),
        ("tra que", {"rau"}),
        ("trà my", {"khan", "que-thanh", "rau", "mi", "tra"}),
        ("phú mỹ", {"mi"}),
        ("khăn trà my", {"khan"}),
        ("rau quế sơn", {"rau"}),
        ("trà lantern", {"den-long"}),
    ],
)
def test_search_matches_meanings_outside_place_names(find_slugs, language, text, slugs):
    assert set(find_slugs(text, language=language)) == slugs
