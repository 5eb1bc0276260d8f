"""Vietnamese text: folded, made a slug of, and read in the chosen language."""

import re
import unicodedata

import pytest
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st

from catalogue.models import Producer
from catalogue.text import Translated, fold, one_line, slugify

VIETNAMESE = (
    "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụ"
    "ưừứửữựvxyỳýỷỹỵ"
)
WORDS = st.text(VIETNAMESE + VIETNAMESE.upper() + " -,.()0123456789", max_size=60)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Nước mắm CỬA KHE", "nuoc mam cua khe"),
        ("Đảng sâm Tây Giang", "dang sam tay giang"),
        ("đường, ĐƯỜNG", "duong, duong"),
        (unicodedata.normalize("NFD", "Trà Mỹ"), "tra my"),
        ("", ""),
    ],
)
def test_folding_keeps_the_bare_letters(text, folded):
    assert fold(text) == folded


@given(WORDS)
def test_a_folded_vietnamese_text_is_plain_ascii_of_the_same_length(text):
    assert fold(text).isascii()
    assert len(fold(text)) == len(text)


@given(st.text())
@example("İ")  # its small letter is two signs
@example("ǅ")
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_composed_and_decomposed_fold_alike(text):
    composed, decomposed = (unicodedata.normalize(f, text) for f in ("NFC", "NFD"))

    assert fold(composed) == fold(decomposed)


@given(WORDS)
def test_capitals_make_no_difference(text):
    assert fold(text.upper()) == fold(text.lower())


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Nước mắm Cửa Khe", "nuoc-mam-cua-khe"),
        ("Đà Nẵng", "da-nang"),
        ("  Trà (rừng), 100 g  ", "tra-rung-100-g"),
        ("…", ""),
    ],
)
def test_a_slug_is_read_aloud_as_its_text(text, slug):
    assert slugify(text) == slug


@given(st.text())
def test_a_slug_is_an_address(text):
    assert re.fullmatch(r"(?:[a-z0-9]+(?:-[a-z0-9]+)*)?", slugify(text))
    assert slugify(slugify(text)) == slugify(text)


def test_oscar_makes_its_slugs_this_way(settings):
    from oscar.core.utils import slugify as oscars

    assert oscars("Bánh đậu xanh Đà Nẵng") == "banh-dau-xanh-da-nang"


@pytest.mark.parametrize(
    ("language", "name"),
    [("vi", "Tiêu"), ("en", "Pepper"), ("en-gb", "Pepper"), ("fr", "Tiêu")],
)
def test_a_pair_of_columns_is_read_in_the_chosen_language(language, name):
    maker = Producer(name_vi="Tiêu", name_en="Pepper")

    with translation.override(language):
        assert maker.name == name


def test_with_no_language_chosen_it_is_vietnamese():
    with translation.override(None):
        assert Producer(name_vi="Tiêu", name_en="Pepper").name == "Tiêu"


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        (" mật\n\t ong ", "mật ong"),
        ("mật\x00 ong", "mật ong"),
        ("\x00", ""),
        ("\ud800", ""),
    ],
)
def test_one_line_is_what_every_database_keeps(typed, cleaned):
    assert one_line(typed) == cleaned


def test_a_missing_translation_is_not_passed_off_as_one():
    with translation.override("en"):
        assert Producer(name_vi="Tiêu", name_en="").name == ""


def test_on_the_class_it_is_the_pair_itself():
    assert isinstance(Producer.name, Translated)
