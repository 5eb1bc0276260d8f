"""Vietnamese text: folded, made a slug of, and read in the chosen language."""

import re
import unicodedata

import pytest
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st

from catalogue.models import Producer
from catalogue.text import Translated, clean, fold, one_line, slugify

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
def test_fold_removes_accents_and_case(text, folded):
    assert fold(text) == folded


@given(WORDS)
def test_fold_vietnamese_returns_ascii_of_same_length(text):
    assert fold(text).isascii()
    assert len(fold(text)) == len(text)


@given(st.text())
@example("İ")  # its small letter is two signs
@example("ǅ")
def test_fold_is_idempotent(text):
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_fold_ignores_unicode_normal_form(text):
    composed, decomposed = (unicodedata.normalize(f, text) for f in ("NFC", "NFD"))

    assert fold(composed) == fold(decomposed)


@given(WORDS)
def test_fold_ignores_case(text):
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
def test_slugify_transliterates_vietnamese(text, slug):
    assert slugify(text) == slug


@given(st.text())
def test_slugify_returns_valid_stable_slug(text):
    assert re.fullmatch(r"(?:[a-z0-9]+(?:-[a-z0-9]+)*)?", slugify(text))
    assert slugify(slugify(text)) == slugify(text)


def test_oscar_slugify_uses_vietnamese_slugify(settings):
    from oscar.core.utils import slugify as oscars

    assert oscars("Bánh đậu xanh Đà Nẵng") == "banh-dau-xanh-da-nang"


@pytest.mark.parametrize(
    ("language", "name"),
    [("vi", "Tiêu"), ("en", "Pepper"), ("en-gb", "Pepper"), ("fr", "Tiêu")],
)
def test_translated_reads_column_of_active_language(language, name):
    maker = Producer(name_vi="Tiêu", name_en="Pepper")

    with translation.override(language):
        assert maker.name == name


def test_translated_without_active_language_reads_vietnamese():
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
def test_one_line_removes_control_characters_and_extra_spaces(typed, cleaned):
    assert one_line(typed) == cleaned


def test_translated_missing_translation_returns_empty_string():
    with translation.override("en"):
        assert Producer(name_vi="Tiêu", name_en="").name == ""


def test_translated_on_class_returns_descriptor():
    assert isinstance(Producer.name, Translated)


@given(st.text())
def test_clean_returns_composed_stable_text(text):
    cleaned = clean(text)

    assert clean(cleaned) == cleaned == unicodedata.normalize("NFC", cleaned)


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        ("a\u202eb\u200e\u2066c\u00ad", "abc"),
        ("\u200b\u2060\ufeff\u3164\u2800\ue000\x07", ""),
        ("hai\r\ndòng\t", "hai\r\ndòng\t"),
        ("a\u200db\u200d", "ab"),
        (
            "\U0001f469\U0001f3fd\u200d\U0001f33e",
            "\U0001f469\U0001f3fd\u200d\U0001f33e",
        ),
        (
            "\u2764\ufe0f\u200d\U0001f525 1\ufe0f\u20e3",
            "\u2764\ufe0f\u200d\U0001f525 1\ufe0f\u20e3",
        ),
        ("e\ufe0f", "e"),
        (unicodedata.normalize("NFD", "Trà Mỹ"), "Trà Mỹ"),
    ],
)
def test_clean_drops_what_nobody_sees(typed, cleaned):
    assert clean(typed) == cleaned
