"""How a question is understood, with no engine at all."""

from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.text import fold
from search.marking import mark
from search.reading import Form, read
from search.vocabulary import Vocabulary
from search.words import asked_words, words_of

WORDS = (
    "nuoc mam cua khe que tra my banh dua zara lantern cinnamon 500ml 1000ml cua tea"
)
MARKET = Vocabulary((word, True) for word in WORDS.split())
SAME = MappingProxyType(
    {
        ("que",): (Form(("quế",), (("cinnamon",),)),),
        ("cinnamon",): (Form(("cinnamon",), (("que",),)),),
    }
)


def readings(text, **how):
    reading = read(text, vocabulary=MARKET, synonyms=SAME, **how)
    return [[other.phrase for other in term.alternatives] for term in reading.terms]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Chai 500 ml", ["chai", "500", "ml", "500ml"]),
        ("chai 500ml", ["chai", "500ml"]),
        ("0,5 lít", ["0", "5", "lit", "500ml"]),
        ("1 lít", ["1", "lit", "1000ml"]),
        ("1.000 ml", ["1", "000", "ml", "1000ml"]),
        ("túi 5 kg", ["tui", "5", "kg", "5000g"]),
        ("Tr'Hy, Tà B’hing", ["trhy", "ta", "bhing"]),
        ("5 lần", ["5", "lan"]),
    ],
)
def test_a_text_becomes_folded_words_and_amounts(text, words):
    assert words_of(text) == words


@pytest.mark.parametrize("text", ["500ml", "500 ml", "0.5 lit", "0,5 lít", "50 cl"])
def test_an_amount_is_one_word_however_it_is_written(text):
    assert [word.folded for word in asked_words(text)] == ["500ml"]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("nuowcs mawms", ["nuoc", "mam"]),
        ("nuoc71 ma81m", ["nuoc", "mam"]),
        ("nuocmam", ["nuoc mam"]),
        ("za ra", ["zara"]),
        ("lantren", ["lantern"]),
        ("bnah dua", ["banh", "dua"]),
        ("lante", ["lante"]),
    ],
)
def test_the_first_alternative_is_what_was_meant(text, meant):
    assert [alternatives[0] for alternatives in readings(text)] == meant


def test_a_known_word_may_be_a_keyboards_leftover_where_it_finds_nothing():
    both = Vocabulary((word, True) for word in ["bees", "be", "thui"])

    def first(**how: bool) -> list[str]:
        term = read("bees thui", vocabulary=both, synonyms={}, **how).terms[0]
        return [other.phrase for other in term.alternatives]

    assert "be" not in first()
    assert "be" in first(loosely=True)


def test_a_slip_in_a_synonym_is_made_good_where_no_word_of_ours_is_so_near():
    market = Vocabulary((word, True) for word in ["que", "cinnabar"])

    def best(text: str) -> str:
        term = read(text, vocabulary=market, synonyms=SAME).terms[0]
        return term.alternatives[0].phrase

    assert best("cinamon") == "que"
    assert best("cinnaba") == "cinnaba"
    assert best("cinabar") == "cinnabar"


def test_two_slips_leave_the_first_letters_alone():
    market = Vocabulary([("sausage", True)])

    assert market.near("sasuaeg") == ["sausage"]
    assert market.near("massage") == []


def test_a_form_that_is_still_typed_may_go_on():
    market = Vocabulary((word, True) for word in ["tra", "tram", "tea", "vong"])
    same = {("tra",): (Form(("trà",), (("tea",),)),)}

    def last(text: str, **how: bool) -> list[tuple[str, bool]]:
        term = read(text, vocabulary=market, synonyms=same, **how).terms[-1]
        return [(other.phrase, other.begun) for other in term.alternatives]

    assert ("tra", True) in last("vòng trầ")
    assert ("tra", True) not in last("vòng trà")
    assert ("tra", True) in last("vòng trà", unfinished=True)


def test_a_word_in_the_middle_is_a_slip_rather_than_a_beginning():
    market = Vocabulary((word, True) for word in ["bot", "bottle", "que"])

    reading = read("bott que", vocabulary=market, synonyms={})
    assert ("bot",) in [other.words for other in reading.terms[0].alternatives]


def test_a_name_may_hold_a_word_that_is_else_a_small_one():
    market = Vocabulary((word, True) for word in ["dien", "ban", "town"])

    reading = read("Dien Ban town", vocabulary=market, synonyms={})
    assert [term.needed for term in reading.terms] == [True, False, False]
    assert "dien ban" in reading.whole_names


def test_an_accent_decides_between_forms_that_fold_alike():
    assert "cinnamon" in readings("quế")[0]
    assert "cinnamon" in readings("que")[0]
    assert "cinnamon" not in readings("quê")[0]


def test_small_words_help_and_are_not_needed():
    reading = read("nước mắm của Cửa Khe", vocabulary=MARKET, synonyms={})

    assert [term.needed for term in reading.terms] == [True, True, False, True, True]


def test_small_words_alone_are_needed():
    assert read("của", vocabulary=MARKET, synonyms={}).terms[0].needed


def test_another_amount_is_another_thing():
    assert read("250ml", vocabulary=MARKET, synonyms={}).is_hopeless


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=80), st.booleans(), st.booleans())
def test_any_text_at_all_is_read(text, loosely, unfinished):
    how = {"loosely": loosely, "unfinished": unfinished}
    reading = read(text, vocabulary=MARKET, synonyms=SAME, **how)

    assert len(reading.terms) <= 12
    reading.relaxed()


@given(st.text(max_size=60))
def test_marking_shows_the_text_as_it_is(text):
    from html import unescape

    shown = mark(text, ("nuoc", "ma*")).replace("<mark>", "").replace("</mark>", "")
    assert unescape(shown) == text.replace("\x00", "\x00")


def test_marking_escapes_what_is_shown():
    assert mark("<b>nước</b>", ("nuoc",)) == "&lt;b&gt;<mark>nước</mark>&lt;/b&gt;"
