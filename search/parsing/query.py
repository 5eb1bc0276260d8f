"""Parse the text of a search into terms, for every engine alike.

Telex and VNI keystrokes, typing errors, joined and separated words, amounts and
synonyms all become alternatives of a term.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from catalogue.text import fold
from search.parsing.keyboard import SYLLABLE, decode_telex, decode_vni
from search.parsing.vocabulary import Vocabulary
from search.parsing.words import Word, tokenize_query

MAX_WORDS = 12
"""Further words of a query are ignored."""

MAX_SYNONYM_WORDS = 5

MIN_PREFIX = 4
"""Letters from which a prefix is specific enough to stand for a whole word."""

OPTIONAL_WORDS = frozenset(
    """
    của và ở tại cho từ với các những là mua bán giá ngon rẻ nào có huyện xã
    phường tỉnh the of in and for from with at to by is are where buy best good
    some any i we want need looking find near district commune ward city town
    province product products speciality specialty specialities specialties
    local fresh natural organic pure traditional authentic famous handmade homemade
    vietnamese sạch tươi loại hàng ocop gì muốn what which who how does get have has
    there your our shop shopping things items made certified
    """.split()  # noqa: SIM905  (a list of them would be a page long)
)
"""Words that improve the ranking and need not match; in a query without accents they
are recognised without theirs."""

FOLDED_OPTIONAL_WORDS = {fold(word) for word in OPTIONAL_WORDS}

OPTIONAL_PHRASES = {
    ("quang", "nam"),
    ("da", "nang"),
    ("viet", "nam"),
    ("san", "pham"),
    ("dac", "san"),
    ("thi", "xa"),
    ("thi", "tran"),
    ("thanh", "pho"),
    ("o", "dau"),
    ("nguyen", "chat"),
    ("tu", "nhien"),
    ("truyen", "thong"),
    ("thu", "cong"),
}


@dataclass(frozen=True)
class Alternative:
    """Words that satisfy a term if all of them match.

    `field`: where they have to be, anywhere in the text or in one field of the entry
    ("names" stands for all of its names); `written`: with these accents. `is_phrase`:
    adjacent and in this order. `is_prefix`: the last word may continue. `is_synonym`:
    other words with the same meaning, not another spelling.
    """

    words: tuple[str, ...]
    weight: float = 1
    field: str = "text"
    written: tuple[str, ...] = ()
    is_phrase: bool = False
    is_prefix: bool = False
    is_synonym: bool = False

    @property
    def text(self) -> str:
        return " ".join(self.words)

    def matches(self, padded_text: str) -> bool:
        """Whether all words occur in a text made by `pad_words`, in any order."""
        *before, last = self.words
        last = f" {last}" if self.is_prefix else f" {last} "
        return last in padded_text and all(f" {w} " in padded_text for w in before)


@dataclass(frozen=True)
class Term:
    """One or more words as typed, and what they may stand for, the likeliest first."""

    typed: tuple[str, ...]
    alternatives: tuple[Alternative, ...]
    words: tuple[Word, ...] = ()
    is_required: bool = True

    @property
    def is_distinctive(self) -> bool:
        """Whether it means something alone, unlike a single Vietnamese syllable."""
        words = self.alternatives[0].words if self.alternatives else self.typed
        is_word = len(words[0]) >= MIN_PREFIX and not SYLLABLE.fullmatch(words[0])
        return len(self.typed) > 1 or is_word


@dataclass(frozen=True)
class ParsedQuery:
    """The terms of a query.

    All required terms have to match, or `minimum_should_match` of them if that is set.
    `is_loose`: known words were also taken for keystrokes of others.
    """

    terms: tuple[Term, ...] = ()
    minimum_should_match: int | None = None
    is_loose: bool = field(default=False, compare=False)

    @property
    def required(self) -> tuple[Term, ...]:
        return tuple(term for term in self.terms if term.is_required)

    @property
    def is_unmatchable(self) -> bool:
        """Whether a required term has no word that occurs in any entry."""
        return any(not term.alternatives for term in self.required)

    @property
    def text(self) -> str:
        """The first alternative of each term."""
        return " ".join(
            term.alternatives[0].text for term in self.terms if term.alternatives
        )

    @property
    def full_names(self) -> list[str]:
        """Names that equal the query, with or without optional words at its ends.

        Optional words are left out one by one: in "Dien Ban town" Ban belongs to the
        name, although it may be "bán" (to sell).
        """
        known = [term for term in self.terms if term.alternatives]
        required = [index for index, term in enumerate(known) if term.is_required]
        texts = [term.alternatives[0].text for term in known]
        spans = [
            " ".join(texts[first:end])
            for first in range(required[0] + 1 if required else 1)
            for end in range(len(known), required[-1] if required else 0, -1)
        ]
        core = " ".join(texts[index] for index in required)
        return list(dict.fromkeys([*spans, core]))

    @property
    def word_pairs(self) -> list[str]:
        """Each two adjacent words of the query."""
        words = self.text.split()
        return [f"{a} {b}" for a, b in zip(words, words[1:], strict=False)]

    @property
    def highlighted_words(self) -> tuple[str, ...]:
        """The folded words of all alternatives; a prefix ends in an asterisk."""
        words: dict[str, None] = {}
        for term in self.terms:
            for alternative in term.alternatives:
                *before, last = alternative.words
                words |= dict.fromkeys(before)
                words[f"{last}*" if alternative.is_prefix else last] = None
        return tuple(words)

    def relaxed(self) -> "ParsedQuery":
        """The same query, satisfied by some of its terms.

        One distinctive term is enough, or two if more than three are known; if none is
        distinctive, half of them are needed, and at least two. Optional terms do not
        count, and prefixes of under MIN_PREFIX letters are dropped.
        """
        specific = (
            replace(
                term,
                alternatives=tuple(
                    alternative
                    for alternative in term.alternatives
                    if not alternative.is_prefix
                    or len(alternative.words[-1]) >= MIN_PREFIX
                ),
            )
            for term in self.terms
        )
        terms = tuple(term for term in specific if term.alternatives)
        known = [term for term in terms if term.is_required]
        if not any(term.is_distinctive for term in known):
            minimum = max(2, (len(known) + 1) // 2)
            enough = len(known) >= minimum
            return replace(
                self, terms=terms if enough else (), minimum_should_match=minimum
            )
        return replace(
            self,
            terms=tuple(
                term if term.is_distinctive else replace(term, is_required=False)
                for term in terms
            ),
            minimum_should_match=1 if len(known) <= 3 else 2,
        )


@dataclass(frozen=True)
class Synonym:
    """Words with the same meaning, as written; `is_name` if they contain a name."""

    written: tuple[str, ...]
    is_name: bool = False


@dataclass(frozen=True)
class SynonymForm:
    """A form with its accents, word by word, and its synonyms."""

    accented: tuple[str, ...]
    synonyms: tuple[Synonym, ...]

    def matches_accents(self, words: Iterable[Word]) -> bool:
        """Whether the words have these accents or none: bò is not bơ."""
        return all(
            word.typed == accented or not word.accented
            for word, accented in zip(words, self.accented, strict=True)
        )


SynonymForms = Mapping[tuple[str, ...], tuple[SynonymForm, ...]]
"""The folded words of a form to all forms that fold to them."""

NO_ENGLISH = re.compile(r"[0-9wjfx]|dd")
"""Keys that an English word hardly has where Telex or VNI has them; beer is no bể."""

FixedWord = tuple[Word, str]
"""A word after `fix_keyboard_slip`, and the folded characters that were typed."""


def parse(
    text: str,
    *,
    vocabulary: Vocabulary,
    synonyms: SynonymForms,
    loose: bool = False,
    unfinished: bool = False,
) -> ParsedQuery:
    """Parse the text of a query.

    `loose` also takes known words for Telex keystrokes and for prefixes of longer ones,
    never for typing errors; `unfinished` takes the last word for a prefix, as while
    typing.
    """
    words = [
        fix_keyboard_slip(word, vocabulary, synonyms)
        for word in tokenize_query(text)[:MAX_WORDS]
    ]
    terms: list[Term] = []
    position = 0
    while position < len(words):
        if length := count_synonym_words(words, position, synonyms):
            form = words[position : position + length]
            position += length
            at_end = position == len(words) and (unfinished or loose)
            terms.append(
                build_synonym_term(
                    form, synonyms, vocabulary, loose=loose, is_prefix=at_end
                )
            )
        elif joined := build_joined_term(words, position, vocabulary):
            terms.append(joined)
            position += 2
        else:
            word, keys = words[position]
            # Of several words the last may be unfinished, even if it is known.
            at_end = position == len(words) - 1 and (
                unfinished or len(words) > 1 or len(word.folded) >= MIN_PREFIX
            )
            terms.append(
                build_word_term(word, keys, vocabulary, loose=loose, is_prefix=at_end)
            )
            position += 1
    terms = add_adjacent_words(terms)
    terms = mark_optional_terms(terms, [word for word, _keys in words])
    return ParsedQuery(tuple(terms), is_loose=loose)


def fix_keyboard_slip(
    word: Word, vocabulary: Vocabulary, synonyms: SynonymForms
) -> FixedWord:
    """The word that was meant, if decoding keystrokes or one error makes it known.

    An error in a word that only synonyms have is corrected here, because the
    vocabulary does not have it.
    """
    keys = word.folded
    if keys in vocabulary or word.is_amount:
        return word, keys
    for decoded in decode_keystrokes(keys, vocabulary).values():
        if not NO_ENGLISH.search(keys) and decoded not in vocabulary.written:
            continue
        return Word(typed=decoded, folded=fold(decoded)), keys
    if len(keys) >= MIN_PREFIX and keys.isalpha() and not vocabulary.has_prefix(keys):
        synonym_words = {word for form in synonyms for word in form}
        if keys not in synonym_words and not vocabulary.compute_near(
            keys, max_distance=1
        ):
            in_synonyms = Vocabulary((word, True) for word in synonym_words)
            for near in in_synonyms.compute_near(keys, max_distance=1):
                return Word(typed=near, folded=near), keys
    return word, keys


def decode_keystrokes(keys: str, vocabulary: Vocabulary) -> dict[str, str]:
    """Known words that Telex or VNI makes of the keys; folded to accented."""
    decoded = [decode(keys) for decode in (decode_telex, decode_vni)]
    return {fold(word): word for word in decoded if word and fold(word) in vocabulary}


def count_synonym_words(
    words: list[FixedWord], position: int, synonyms: SynonymForms
) -> int:
    """How many words from a position on are a form with synonyms: the most, or 0.

    A single last word has to match the accents: "trầ" is not trà, it is unfinished.
    """
    end = position + MAX_SYNONYM_WORDS
    folded = tuple(word.folded for word, _keys in words[position:end])
    for length in range(len(folded), 0, -1):
        forms = synonyms.get(folded[:length], ())
        if length == 1 and position == len(words) - 1:
            word, _keys = words[position]
            forms = tuple(form for form in forms if form.matches_accents([word]))
        if forms:
            return length
    return 0


def build_synonym_term(
    words: list[FixedWord],
    synonyms: SynonymForms,
    vocabulary: Vocabulary,
    *,
    loose: bool,
    is_prefix: bool,
) -> Term:
    """A form and its synonyms as one term.

    Synonyms stand for what an item is, so they match outside proper names only, and
    with their accents: tea is trà, and not a syllable of Trà My.
    """
    folded = tuple(word.folded for word, _keys in words)
    others = dict.fromkeys(
        build_synonym(synonym)
        for form in synonyms[folded]
        if form.matches_accents(word for word, _keys in words)
        for synonym in form.synonyms
        if all(fold(word) in vocabulary for word in synonym.written)
    )
    own: list[Alternative] = []
    if len(words) == 1:
        own = build_own_alternatives(words[0][0], vocabulary, loose=loose)
    elif all(word in vocabulary for word in folded):
        is_subject = all(word in vocabulary.subjects for word in folded)
        own = [Alternative(folded, field="subject" if is_subject else "text")]
    longer = [Alternative(folded, weight=0.5, is_prefix=True)] if is_prefix else []
    return Term(
        typed=tuple(keys for _word, keys in words),
        alternatives=(*own, *others, *longer),
        words=tuple(word for word, _keys in words),
    )


def build_synonym(synonym: Synonym) -> Alternative:
    words = tuple(map(fold, synonym.written))
    if synonym.is_name:
        return Alternative(words, weight=0.9, is_phrase=True, is_synonym=True)
    return Alternative(
        words,
        weight=0.9,
        field="subject_accents",
        written=synonym.written,
        is_phrase=True,
        is_synonym=True,
    )


def build_joined_term(
    words: list[FixedWord], position: int, vocabulary: Vocabulary
) -> Term | None:
    """Two words that the vocabulary has as one (Za Ra is Zara), as one term."""
    if position + 1 >= len(words):
        return None
    (first, _keys), (second, _more) = words[position], words[position + 1]
    joined = first.folded + second.folded
    if first.is_amount or second.is_amount or joined not in vocabulary:
        return None
    apart = (first.folded, second.folded)
    own = [Alternative(apart)] if all(word in vocabulary for word in apart) else []
    return Term(
        typed=apart,
        alternatives=(*own, Alternative((joined,), weight=0.9, is_synonym=bool(own))),
        words=(first, second),
    )


def build_word_term(
    word: Word, keys: str, vocabulary: Vocabulary, *, loose: bool, is_prefix: bool
) -> Term:
    """One word and everything it may stand for, the likeliest first."""
    folded = word.folded
    is_known = folded in vocabulary
    alternatives = build_own_alternatives(word, vocabulary, loose=loose)
    # Another amount is another product, so amounts have no alternatives.
    if not word.is_amount and (not is_known or loose or is_prefix):
        alternatives += guess_alternatives(
            folded, vocabulary, is_known=is_known, is_prefix=is_prefix
        )
    if loose and is_known and not word.is_amount:
        alternatives += [
            Alternative((decoded,), weight=0.7, is_synonym=True)
            for decoded in decode_keystrokes(folded, vocabulary)
            if decoded != folded
        ]
    if keys != folded and vocabulary.has_prefix(keys):
        alternatives.append(Alternative((keys,), weight=0.5, is_prefix=True))
    return Term(typed=(keys,), alternatives=tuple(alternatives), words=(word,))


def build_own_alternatives(
    word: Word, vocabulary: Vocabulary, *, loose: bool
) -> list[Alternative]:
    """The word itself, where it says what an item is rather than where it is from.

    Accents that some name has are the right ones, unless the query is `loose`.
    """
    words = (word.folded,)
    if word.is_amount or word.folded not in vocabulary:
        return [Alternative(words)] if word.folded in vocabulary else []
    if word.accented and not loose and word.typed in vocabulary.written:
        is_subject = word.typed in vocabulary.subjects
        field = "subject_accents" if is_subject else "accents"
        return [Alternative(words, field=field, written=(word.typed,))]
    is_subject = word.folded in vocabulary.subjects
    return [Alternative(words, field="subject" if is_subject else "text")]


def add_adjacent_words(terms: list[Term]) -> list[Term]:
    """The same terms; two adjacent words may also be two words of one name.

    So a syllable of a place matches only with another one: trà is tea, but trà my is
    in Trà My.
    """
    extended = []
    for number, term in enumerate(terms):
        pairs = []
        if len(term.typed) == 1 and term.alternatives[:1]:
            own = term.alternatives[0].words
            before, after = terms[max(0, number - 1) : number], terms[number + 1 :][:1]
            pairs = [
                other.alternatives[0].words[-1:] + own
                for other in before
                if other.alternatives
            ]
            pairs += [
                own + other.alternatives[0].words[:1]
                for other in after
                if other.alternatives
            ]
        names = tuple(
            Alternative(pair, field="names", is_phrase=True, is_synonym=True)
            for pair in pairs
        )
        extended.append(replace(term, alternatives=(*term.alternatives, *names)))
    return extended


def guess_alternatives(
    folded: str,
    vocabulary: Vocabulary,
    *,
    is_known: bool,
    is_prefix: bool,
) -> list[Alternative]:
    """Longer words; and of an unknown word what it is misspelt for, or made of."""
    guesses = []
    has_longer = vocabulary.has_prefix(folded)
    if has_longer and (len(folded) > 1 or is_prefix or not is_known):
        guesses.append(
            Alternative((folded,), weight=0.95, field="names", is_prefix=True)
        )
    if not (is_known or (has_longer and is_prefix)):
        # A word before the last is rarely cut short: a prefix may be a typing error.
        guesses += [
            Alternative(
                (near,),
                weight=0.8 - 0.05 * rank,
                field="subject" if near in vocabulary.subjects else "text",
            )
            for rank, near in enumerate(vocabulary.find_near(folded))
        ]
    if not is_known:
        guesses = [
            Alternative(pieces, weight=0.9, is_phrase=True)
            for pieces in vocabulary.split(folded)
        ] + guesses
    if not is_known and not has_longer and (is_prefix or not guesses):
        guesses += [
            Alternative((prefix,), weight=0.6, is_prefix=True)
            for prefix in vocabulary.find_near_prefixes(folded)
        ]
    return guesses


def mark_optional_terms(terms: list[Term], words: list[Word]) -> list[Term]:
    """The same terms, the optional ones marked, unless all of them are optional."""
    folded = [word.folded for word in words]
    without_accents = not any(word.accented for word in words)
    optional: set[int] = set()
    position = 0
    for number, term in enumerate(terms):
        pair = tuple(folded[position : position + 2])
        before = tuple(folded[position - 1 :][:2]) if position else pair
        word = words[position]
        is_optional_word = word.typed in OPTIONAL_WORDS or (
            without_accents and word.folded in FOLDED_OPTIONAL_WORDS
        )
        if {pair, before} & OPTIONAL_PHRASES or (
            is_optional_word and len(term.typed) == 1
        ):
            optional.add(number)
        position += len(term.typed)
    if len(optional) == len(terms):
        return terms
    return [
        replace(term, is_required=False) if number in optional else term
        for number, term in enumerate(terms)
    ]
