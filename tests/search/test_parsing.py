"""How the text of a search is parsed, without an engine."""

from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.text import fold
from search.parsing.query import Synonym, SynonymForm, parse
from search.parsing.vocabulary import Vocabulary
from search.parsing.words import fold_words, split_subject, tokenize_query
from search.results import highlight

WORDS = (
    "nuoc mam cua khe que tra my banh dua zara lantern cinnamon 500ml 1000ml cua tea"
)
VOCABULARY = Vocabulary((word, True) for word in WORDS.split())
SYNONYMS = MappingProxyType(
    {
        ("que",): (SynonymForm(("quế",), (Synonym(("cinnamon",)),)),),
        ("cinnamon",): (SynonymForm(("cinnamon",), (Synonym(("quế",)),)),),
    }
)


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
def test_tokenize_splits_text_into_folded_words_and_amounts(text, words):
    assert fold_words(text) == words


@pytest.mark.parametrize("text", ["500ml", "500 ml", "0.5 lit", "0,5 lít", "50 cl"])
def test_tokenize_joins_amount_into_one_word(text):
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
def test_parsed_query_ranks_intended_word_first(text, expected):
    assert [alternatives[0] for alternatives in get_alternatives(text)] == expected


def test_parsed_query_reads_known_word_as_keyboard_keys_when_loose():
    both = Vocabulary((word, True) for word in ["bees", "be", "thui"])

    def first(**options: bool) -> list[str]:
        term = parse("bees thui", vocabulary=both, synonyms={}, **options).terms[0]
        return [other.text for other in term.alternatives]

    assert "be" not in first()
    assert "be" in first(loose=True)


def test_parsed_query_corrects_synonym_without_closer_word():
    market = Vocabulary((word, True) for word in ["que", "cinnabar"])

    def best(text: str) -> str:
        term = parse(text, vocabulary=market, synonyms=SYNONYMS).terms[0]
        return term.alternatives[0].text

    assert best("cinamon") == "que"
    assert best("cinnaba") == "cinnaba"
    assert best("cinabar") == "cinnabar"


@pytest.mark.parametrize("loose", [False, True])
@pytest.mark.parametrize("text", ["quà tết", "qua tet", "tết"])
def test_parsed_query_never_corrects_known_word(text, loose):
    market = Vocabulary((word, True) for word in ["qua", "tet", "tea", "que"])

    parsed = parse(text, vocabulary=market, synonyms={}, loose=loose)
    texts = {
        word
        for term in parsed.terms
        for other in term.alternatives
        for word in other.words
    }
    assert texts == set(fold(text).split())


@pytest.mark.parametrize(
    ("typed", "other"),
    [
        ("phe", "pho"),
        ("fly", "ly"),
        ("milk", "silk"),
        ("lamb", "lamp"),
        ("mango", "mang"),
        ("beer", "bee"),
        ("bread", "bead"),
    ],
)
def test_parsed_query_never_takes_another_word_for_error(typed, other):
    market = Vocabulary([(other, True), ("ca", True)])

    for loose in (False, True):
        parsed = parse(f"ca {typed}", vocabulary=market, synonyms={}, loose=loose)
        assert parsed.terms[-1].alternatives == ()


def test_relaxed_query_needs_more_than_one_syllable():
    market = Vocabulary((word, True) for word in ["ca", "tra", "lantern"])

    def relax(text: str) -> list[str]:
        parsed = parse(text, vocabulary=market, synonyms={})
        return [term.typed[0] for term in parsed.relaxed().required]

    assert relax("cà phê") == []
    assert relax("trà durian") == []
    assert relax("lantern durian") == ["lantern"]
    assert relax("trà lantern") == ["lantern"]


@pytest.mark.parametrize(
    ("typed", "other"),
    [
        ("qeu", "que"),
        ("lonng", "long"),
        ("phog", "phong"),
        ("sause", "sauce"),
        ("lantren", "lantern"),
    ],
)
def test_vocabulary_find_near_corrects_to_names_only(typed, other):
    assert Vocabulary([(other, True)]).find_near(typed) == [other]
    assert Vocabulary([(other, False)]).find_near(typed) == []


def test_vocabulary_find_near_protects_first_letters():
    market = Vocabulary([("sausage", True)])

    assert market.find_near("sasuaeg") == ["sausage"]
    assert market.find_near("massage") == []


def test_parsed_query_extends_unfinished_word():
    market = Vocabulary((word, True) for word in ["tra", "tram", "tea", "vong"])
    same = {("tra",): (SynonymForm(("trà",), (Synonym(("tea",)),)),)}

    def last(text: str, **options: bool) -> list[tuple[str, bool]]:
        term = parse(text, vocabulary=market, synonyms=same, **options).terms[-1]
        return [(other.text, other.is_prefix) for other in term.alternatives]

    assert ("tra", True) in last("vòng trầ")
    assert ("tra", True) not in last("vòng trà")
    assert ("tra", True) in last("vòng trà", unfinished=True)


def test_parsed_query_prefers_correction_to_prefix_inside_query():
    market = Vocabulary((word, True) for word in ["bot", "bottle", "que"])

    parsed = parse("bott que", vocabulary=market, synonyms={})
    assert ("bot",) in [other.words for other in parsed.terms[0].alternatives]


def test_parsed_query_recognises_name_containing_small_word():
    market = Vocabulary((word, True) for word in ["dien", "ban", "town"])

    parsed = parse("Dien Ban town", vocabulary=market, synonyms={})
    assert [term.is_required for term in parsed.terms] == [True, False, False]
    assert "dien ban" in parsed.full_names


def test_parsed_query_uses_accents_to_choose_synonyms():
    assert "cinnamon" in get_alternatives("quế")[0]
    assert "cinnamon" in get_alternatives("que")[0]
    assert "cinnamon" not in get_alternatives("quê")[0]


def test_parsed_query_makes_small_words_optional():
    parsed = parse("nước mắm của Cửa Khe", vocabulary=VOCABULARY, synonyms={})

    optional = [term.typed for term in parsed.terms if not term.is_required]
    assert (len(parsed.terms), optional) == (5, [("cua",)])


def test_parsed_query_of_small_words_requires_them():
    assert parse("của", vocabulary=VOCABULARY, synonyms={}).terms[0].is_required


def test_parsed_query_with_unknown_amount_is_unmatchable():
    assert parse("250ml", vocabulary=VOCABULARY, synonyms={}).is_unmatchable


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("Rau thơm Trà Quế", "vi", "rau thơm ."),
        ("Trà quế gừng Nam Trà My", "vi", "trà quế gừng ."),
        ("Mitri Tea - Trà sâm Ngọc Linh", "vi", "mitri . trà sâm ."),
        ("Trà My cinnamon", "en", ". cinnamon ."),
        ("Cinnamon of Trà My", "en", "cinnamon of ."),
        ("Trà Quế", "en", "."),
        ("Tết", "en", "tết ."),
        ("", "vi", "."),
    ],
)
def test_split_subject_leaves_out_proper_names(text, language, words):
    assert " ".join(split_subject(text, language=language)) == words


@given(st.text(max_size=60))
def test_fold_is_idempotent(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=80), st.booleans(), st.booleans())
def test_parsed_query_accepts_any_text(text, loose, unfinished):
    options = {"loose": loose, "unfinished": unfinished}
    parsed = parse(text, vocabulary=VOCABULARY, synonyms=SYNONYMS, **options)

    assert len(parsed.terms) <= 12
    parsed.relaxed()


@given(st.text(max_size=60))
def test_highlight_preserves_text(text):
    from html import unescape

    marked = highlight(text, ("nuoc", "ma*"))
    unmarked = marked.replace("<mark>", "").replace("</mark>", "")
    assert unescape(unmarked) == text.replace("\x00", "\x00")


def test_highlight_escapes_html():
    assert highlight("<b>nước</b>", ("nuoc",)) == "&lt;b&gt;<mark>nước</mark>&lt;/b&gt;"
