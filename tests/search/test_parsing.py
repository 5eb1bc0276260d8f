"""How the text of a search is parsed, without an engine."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.text import fold
from search.parsing.query import SynonymForm, parse
from search.parsing.vocabulary import Vocabulary
from search.parsing.words import fold_words, tokenize_query
from search.results import highlight

WORDS = (
    "nuoc mam cua khe que tra my banh dua zara lantern cinnamon 500ml 1000ml cua tea"
)
VOCABULARY = Vocabulary((word, True) for word in WORDS.split())
SYNONYMS = {
    ("que",): (SynonymForm(("quế",), (("cinnamon",),)),),
    ("cinnamon",): (SynonymForm(("cinnamon",), (("que",),)),),
}


def get_alternatives(text, **options):
    parsed = parse(text, vocabulary=VOCABULARY, synonyms=SYNONYMS, **options)
    return [[other.text for other in term.alternatives] for term in parsed.terms]


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
    assert fold_words(text) == words


@pytest.mark.parametrize("text", ["500ml", "500 ml", "0.5 lit", "0,5 lít", "50 cl"])
def test_an_amount_is_one_word_however_it_is_written(text):
    assert [word.folded for word in tokenize_query(text)] == ["500ml"]


@pytest.mark.parametrize(
    ("text", "expected"),
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
def test_the_first_alternative_is_what_was_meant(text, expected):
    assert [alternatives[0] for alternatives in get_alternatives(text)] == expected


def test_a_known_word_may_be_a_keyboards_leftover_where_it_finds_nothing():
    both = Vocabulary((word, True) for word in ["bees", "be", "thui"])

    def first(**options: bool) -> list[str]:
        term = parse("bees thui", vocabulary=both, synonyms={}, **options).terms[0]
        return [other.text for other in term.alternatives]

    assert "be" not in first()
    assert "be" in first(loose=True)


def test_a_slip_in_a_synonym_is_made_good_where_no_word_of_ours_is_so_near():
    market = Vocabulary((word, True) for word in ["que", "cinnabar"])

    def best(text: str) -> str:
        term = parse(text, vocabulary=market, synonyms=SYNONYMS).terms[0]
        return term.alternatives[0].text

    assert best("cinamon") == "que"
    assert best("cinnaba") == "cinnaba"
    assert best("cinabar") == "cinnabar"


def test_two_slips_leave_the_first_letters_alone():
    market = Vocabulary([("sausage", True)])

    assert market.find_near("sasuaeg") == ["sausage"]
    assert market.find_near("massage") == []


def test_a_form_that_is_still_typed_may_go_on():
    market = Vocabulary((word, True) for word in ["tra", "tram", "tea", "vong"])
    same = {("tra",): (SynonymForm(("trà",), (("tea",),)),)}

    def last(text: str, **options: bool) -> list[tuple[str, bool]]:
        term = parse(text, vocabulary=market, synonyms=same, **options).terms[-1]
        return [(other.text, other.is_prefix) for other in term.alternatives]

    assert ("tra", True) in last("vòng trầ")
    assert ("tra", True) not in last("vòng trà")
    assert ("tra", True) in last("vòng trà", unfinished=True)


def test_a_word_in_the_middle_is_a_slip_rather_than_a_beginning():
    market = Vocabulary((word, True) for word in ["bot", "bottle", "que"])

    parsed = parse("bott que", vocabulary=market, synonyms={})
    assert ("bot",) in [other.words for other in parsed.terms[0].alternatives]


def test_a_name_may_hold_a_word_that_is_else_a_small_one():
    market = Vocabulary((word, True) for word in ["dien", "ban", "town"])

    parsed = parse("Dien Ban town", vocabulary=market, synonyms={})
    assert [term.is_required for term in parsed.terms] == [True, False, False]
    assert "dien ban" in parsed.full_names


def test_an_accent_decides_between_forms_that_fold_alike():
    assert "cinnamon" in get_alternatives("quế")[0]
    assert "cinnamon" in get_alternatives("que")[0]
    assert "cinnamon" not in get_alternatives("quê")[0]


def test_small_words_help_and_are_not_needed():
    parsed = parse("nước mắm của Cửa Khe", vocabulary=VOCABULARY, synonyms={})

    optional = [term.typed for term in parsed.terms if not term.is_required]
    assert (len(parsed.terms), optional) == (5, [("cua",)])


def test_small_words_alone_are_needed():
    assert parse("của", vocabulary=VOCABULARY, synonyms={}).terms[0].is_required


def test_another_amount_is_another_thing():
    assert parse("250ml", vocabulary=VOCABULARY, synonyms={}).is_unmatchable


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=80), st.booleans(), st.booleans())
def test_any_text_at_all_is_read(text, loose, unfinished):
    options = {"loose": loose, "unfinished": unfinished}
    parsed = parse(text, vocabulary=VOCABULARY, synonyms=SYNONYMS, **options)

    assert len(parsed.terms) <= 12
    parsed.relaxed()


@given(st.text(max_size=60))
def test_marking_shows_the_text_as_it_is(text):
    from html import unescape

    marked = highlight(text, ("nuoc", "ma*"))
    unmarked = marked.replace("<mark>", "").replace("</mark>", "")
    assert unescape(unmarked) == text.replace("\x00", "\x00")


def test_marking_escapes_what_is_shown():
    assert highlight("<b>nước</b>", ("nuoc",)) == "&lt;b&gt;<mark>nước</mark>&lt;/b&gt;"
