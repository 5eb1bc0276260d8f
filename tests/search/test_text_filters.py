"""Prices, stars and topics in the words of a search become filters."""

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.utils.translation import override

from search.models import Topic
from search.parsing import filters
from search.parsing.filters import extract_filters
from tests.factories import make_product

TOPICS = (
    filters.Topic(
        name="Tea",
        forms=(("trà",), ("tea",)),
        words=(("trà",),),
        filters=(("group", "tea"),),
    ),
    filters.Topic(name="Gifts", forms=(("quà",), ("quà", "biếu"), ("gift",))),
)


@pytest.mark.parametrize(
    ("text", "low", "high", "rest"),
    [
        ("under 100k", None, "100000", ""),
        ("gift under 100k", None, "100000", "gift"),
        ("dưới 200 nghìn", None, "200000", ""),
        ("mật ong dưới 200.000đ", None, "200000", "mật ong"),
        ("tối đa 1,5 triệu", None, "1500000", ""),
        ("over 500k silk", "500000", None, "silk"),
        ("trên 2 triệu", "2000000", None, ""),
        ("100-200k", "100000", "200000", ""),
        ("quạt 100-200k", "100000", "200000", "quạt"),
        ("từ 100 đến 200 nghìn", "100000", "200000", ""),
        ("from 100,000 to 200,000 VND", "100000", "200000", ""),
        ("100k – 1 triệu", "100000", "1000000", ""),
    ],
)
def test_extract_filters_finds_price(text, low, high, rest):
    found = extract_filters(text, ())

    assert found.rest == rest
    prices = {"price_min": [low], "price_max": [high]}
    assert found.filters == {name: price for name, price in prices.items() if price[0]}


@pytest.mark.parametrize(
    "text", ["nước mắm 100ml", "under 100 ml", "gạo 5 kg", "200-100k", "2 in 1", "5"]
)
def test_extract_filters_leaves_other_numbers(text):
    assert extract_filters(text, ()).found == ()


@pytest.mark.parametrize("text", ["5 sao", "5 stars", "5-star", "5 SAO"])
def test_extract_filters_finds_stars(text):
    assert extract_filters(text, ()).filters == {"stars": ["5"]}


@pytest.mark.parametrize(
    ("text", "labels", "rest"),
    [
        ("trà", ["Tea"], ""),
        ("tra", ["Tea"], ""),
        ("trả", [], "trả"),
        ("quà biếu", ["Gifts"], ""),
        ("gift from Hội An", ["Gifts"], "from hội an"),
        ("bưởi sông trà", [], "bưởi sông trà"),
        ("trà quà biếu", ["Tea", "Gifts"], ""),
        ("gifted", [], "gifted"),
        ("trà quà", [], "trà quà"),
    ],
)
def test_extract_filters_finds_topics_as_whole_words(text, labels, rest):
    found = extract_filters(text, TOPICS)

    assert [one.label for one in found.found] == labels
    assert found.rest == rest


def test_extract_filters_leaves_phrases_with_a_topic_in_them():
    phrases = (("gift", "bottle"),)

    assert extract_filters("gift bottle", TOPICS, phrases=phrases).found == ()
    assert len(extract_filters("gift", TOPICS, phrases=phrases).found) == 1


def test_each_text_filter_can_be_removed_alone():
    found = extract_filters("gift under 100k 5 stars", TOPICS)

    assert [one.rest for one in found.found] == [
        "under 100k 5 stars",
        "gift 5 stars",
        "gift under 100k",
    ]


@pytest.fixture
def sets(market):
    make_product(
        "am-tra",
        title="Bộ ấm trà",
        title_en="Tea set",
        group="craft",
        subgroup="decor",
        stars=4,
        flies="post",
    )
    make_product(
        "tra-xanh",
        title="Trà xanh",
        title_en="Green tea",
        group="food",
        subgroup="tea",
        price_vnd=70_000,
        stars=5,
        flies="post",
    )


@pytest.mark.usefixtures("sets")
@pytest.mark.parametrize(
    ("text", "slugs"),
    [
        ("tea", {"tra-xanh"}),
        ("trà dưới 80 nghìn", {"tra-xanh"}),
        ("trà dưới 50 nghìn", set()),
        ("ấm trà", {"am-tra"}),
        ("cinnamon 5 stars", {"que-thanh"}),
        ("for the kitchen", {"que-thanh", "nuoc-mam-cua-khe", "tra-xanh"}),
        ("for the cabin", {"que-thanh", "den-long"}),
        ("vegetarian", {"que-thanh", "tra-xanh"}),
        ("60-80k", {"que-thanh", "tra-xanh"}),
    ],
)
def test_search_narrows_by_filters_in_text(find_slugs, text, slugs):
    assert set(find_slugs(text)) == slugs


@pytest.mark.usefixtures("sets")
def test_filter_of_address_takes_precedence_over_text(find_slugs):
    assert find_slugs("under 65k", price_max=300_000, stars=(3,)) == ["den-long"]


@pytest.mark.usefixtures("sets")
@pytest.mark.parametrize("base", ["/products/", "/en/products/"])
def test_products_page_lets_filters_of_text_go_one_by_one(client, base):
    response = client.get(base, {"q": "tea under 80k", "stars": 5})

    page = BeautifulSoup(response.content, "html.parser")
    links = [chip["href"] for chip in page.select(".chip.chosen")]
    assert links == ["?q=under+80k&stars=5", "?q=tea&stars=5", "?q=tea+under+80k"]
    first = page.select_one(".chip.chosen").get_text()
    assert ("Tea" if "en" in base else "Trà") in first


@pytest.mark.parametrize(
    ("words", "parameters", "is_valid"),
    [
        ("trà", "", True),
        ("", "group=tea&carry=cabin&stars=5", True),
        ("", "", False),
        ("trà", "group=weapons", False),
        ("trà", "price_max=5", False),
        ("trà", "nonsense", False),
    ],
)
def test_topic_refuses_unknown_filters(words, parameters, is_valid):
    topic = Topic(
        name_vi="Trà", name_en="Tea", forms="trà", words=words, filters=parameters
    )

    with override("en"):
        if is_valid:
            topic.clean()
        else:
            with pytest.raises(ValidationError):
                topic.clean()


def test_editors_topic_is_a_filter_at_once(db, market, find_slugs):
    assert find_slugs("keepsake") == []
    Topic.objects.create(
        name_vi="Đèn", name_en="Light", forms="keepsake", words="đèn lồng"
    )

    assert find_slugs("keepsake") == ["den-long"]
