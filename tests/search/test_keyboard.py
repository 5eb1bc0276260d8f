"""Telex and VNI keystrokes are decoded."""

from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.text import fold
from search.parsing.keyboard import decode_telex, decode_vni

TELEX = MappingProxyType(
    {
        "â": "aa",
        "ă": "aw",
        "ê": "ee",
        "ô": "oo",
        "ơ": "ow",
        "ư": "uw",
        "đ": "dd",
    }
)
VNI = MappingProxyType(
    {"â": "a6", "ă": "a8", "ê": "e6", "ô": "o6", "ơ": "o7", "ư": "u7", "đ": "d9"}
)
TONES = MappingProxyType(
    {
        "": ("", ""),
        "́": ("s", "1"),
        "̀": ("f", "2"),
        "̉": ("r", "3"),
        "̃": ("x", "4"),
        "̣": ("j", "5"),
    }
)

ONSETS = ("b", "c", "ch", "d", "đ", "g", "gh", "h", "kh", "l", "m", "n", "ng", "nh")
ONSETS += ("ph", "r", "s", "t", "th", "tr", "v", "x", "")
RHYMES = ("a", "ac", "am", "ang", "ao", "âm", "ân", "âu", "ăn", "ăng", "e", "ên", "êm")
RHYMES += ("i", "ia", "iên", "iêu", "o", "oan", "oi", "ô", "ông", "ơ", "ơi", "u", "ư")
RHYMES += ("uôn", "ươc", "ương", "uy", "ưa", "ươi", "uông")

syllables = st.tuples(
    st.sampled_from(ONSETS), st.sampled_from(RHYMES), st.sampled_from(list(TONES))
)


@pytest.mark.parametrize(
    ("keys", "word"),
    [
        ("nuowcs", "nước"),
        ("nuwowcs", "nước"),
        ("mawms", "mắm"),
        ("mams", "mám"),
        ("ddaauj", "đậu"),
        ("quees", "quế"),
        ("ruwowuj", "rượu"),
        ("hooij", "hội"),
        ("loongf", "lồng"),
        ("dangd", "đang"),
        ("hoaf", "hòa"),
    ],
)
def test_decode_telex_restores_word(keys, word):
    assert decode_telex(keys) == word


@pytest.mark.parametrize(
    ("keys", "word"),
    [
        ("nuoc71", "nước"),
        ("ma81m", "mắm"),
        ("d9a65u", "đậu"),
        ("que61", "quế"),
        ("ruou75", "rượu"),
    ],
)
def test_decode_vni_restores_word(keys, word):
    assert decode_vni(keys) == word


@pytest.mark.parametrize("word", ["lantern", "cinnamon", "banh", "honey", "que", ""])
def test_keyboard_parsing_ignores_words_without_leftover_keys(word):
    assert decode_telex(word) == decode_vni(word) == ""


@pytest.mark.parametrize("word", ["500ml", "qn0001", "2024", "b12x9"])
def test_decode_vni_ignores_numbers(word):
    assert decode_vni(word) == ""


@given(syllables)
def test_decode_telex_round_trips_any_syllable(syllable):
    onset, rhyme, tone = syllable
    typed = "".join(TELEX.get(letter, letter) for letter in onset + rhyme)
    keys = typed + TONES[tone][0]

    made = decode_telex(keys)
    assert fold(made or keys) == fold(onset + rhyme)


@given(syllables)
def test_decode_vni_round_trips_any_syllable(syllable):
    onset, rhyme, tone = syllable
    typed = "".join(VNI.get(letter, letter) for letter in onset + rhyme)
    keys = typed + TONES[tone][1]

    made = decode_vni(keys)
    assert fold(made or keys) == fold(onset + rhyme)


@given(st.text(max_size=40))
def test_keyboard_parsing_accepts_any_text(text):
    decode_telex(text)
    decode_vni(text)
