"""How a question is understood: the same for every engine, and with no engine at all.

Telex and VNI leftovers, slips of the finger, words run together or torn apart, amounts
and synonyms all become alternatives of a term. An engine only has to find what has one
alternative of each term, and to count points as `Points` says.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from catalogue.text import fold
from search.keyboard import from_telex, from_vni
from search.vocabulary import Vocabulary
from search.words import Word, asked_words

MOST_WORDS = 12
"""Further words of a question are left out."""

LONGEST_PHRASE = 5

TELLING = 4
"""Letters from which a beginning tells something where not all words are there."""

OPTIONAL = frozenset(
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
"""Words that help to rank, and need not be there; in a question typed without accents
they are known without theirs."""

OPTIONAL_BARE = {fold(word) for word in OPTIONAL}

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
class Points:
    """What a match is worth; an engine adds these up."""

    title: float = 10
    names: float = 7
    text: float = 2
    begun: float = 0.6  # of the above, where the word is begun only
    neighbours: float = 3  # two words asked for stand side by side in the title
    neighbours_in_text: float = 4  # they do so anywhere
    whole_title: float = 6  # the title is what was asked for, and nothing else
    accents: float = 1.5  # a word stands there with the very accents typed
    bare: float = 0.5  # a word stands there without accents, as typed
    brevity: float = 2  # divided by the number of words in the title
    star: float = 0.3  # each of a product's stars
    near: float = 0.6  # it lies where the buyer is


POINTS = Points()


@dataclass(frozen=True)
class Alternative:
    """Words all of which make a term true.

    `together`: side by side and in this order. `begun`: the last may go on.
    `is_synonym`: other words for the same, not a better spelling of them.
    """

    words: tuple[str, ...]
    weight: float = 1
    together: bool = False
    begun: bool = False
    is_synonym: bool = False

    @property
    def phrase(self) -> str:
        return " ".join(self.words)


@dataclass(frozen=True)
class Term:
    """A part of the question: what was typed, and what it may stand for."""

    typed: tuple[str, ...]
    alternatives: tuple[Alternative, ...]
    written: tuple[Word, ...] = ()
    needed: bool = True


@dataclass(frozen=True)
class Reading:
    """A question understood. `enough` is how many needed terms have to be there.

    `is_loose`: known words may be misspellings, too.
    """

    terms: tuple[Term, ...] = ()
    enough: int | None = None
    is_loose: bool = field(default=False, compare=False)

    @property
    def needed(self) -> tuple[Term, ...]:
        return tuple(term for term in self.terms if term.needed)

    @property
    def is_hopeless(self) -> bool:
        """Whether some needed term is nothing the market has a word for."""
        return any(not term.alternatives for term in self.needed)

    @property
    def phrase(self) -> str:
        """What is asked for, in the first alternative of each term."""
        return " ".join(
            term.alternatives[0].phrase for term in self.terms if term.alternatives
        )

    @property
    def whole_names(self) -> list[str]:
        """Names that would be just what is asked for, with or without "huyện".

        Words that need not be there are left out from the ends, one by one: of "Dien
        Ban town" Ban is a part of the name, though it may be "bán".
        """
        told = [term for term in self.terms if term.alternatives]
        needed = [place for place, term in enumerate(told) if term.needed]
        phrases = [term.alternatives[0].phrase for term in told]
        spans = [
            " ".join(phrases[first:end])
            for first in range(needed[0] + 1 if needed else 1)
            for end in range(len(told), needed[-1] if needed else 0, -1)
        ]
        core = " ".join(phrases[place] for place in needed)
        return list(dict.fromkeys([*spans, core]))

    @property
    def neighbours(self) -> list[str]:
        """Each two words that follow one another in the question."""
        words = self.phrase.split()
        return [f"{a} {b}" for a, b in zip(words, words[1:], strict=False)]

    def relaxed(self) -> "Reading":
        """The same with any of the words, or any two where more than three are known.

        Optional words do not count, and a beginning has to be a telling one.
        """
        told = (
            replace(
                term,
                alternatives=tuple(
                    other
                    for other in term.alternatives
                    if not other.begun or len(other.words[-1]) >= TELLING
                ),
            )
            for term in self.terms
        )
        terms = tuple(term for term in told if term.alternatives)
        known = sum(term.needed for term in terms)
        return replace(self, terms=terms, enough=1 if known <= 3 else 2)


@dataclass(frozen=True)
class Form:
    """A form with its accents, word by word, and the folded words of its synonyms."""

    accented: tuple[str, ...]
    others: tuple[tuple[str, ...], ...]

    def is_typed(self, words: Iterable[Word]) -> bool:
        """Whether it is what was typed, where that tells accents: bò is not bơ."""
        return all(
            word.typed == accented or not word.accented
            for word, accented in zip(words, self.accented, strict=True)
        )


Synonyms = Mapping[tuple[str, ...], tuple[Form, ...]]
"""The folded words of a form to all forms that fold so."""


def read(
    text: str,
    *,
    vocabulary: Vocabulary,
    synonyms: Synonyms,
    loosely: bool = False,
    unfinished: bool = False,
) -> Reading:
    """Understand a question.

    `loosely` lets known words be misspellings of others and beginnings of longer
    ones; `unfinished` takes the last word for a beginning, as while somebody types.
    """
    words = [
        repaired(word, vocabulary, synonyms) for word in asked_words(text)[:MOST_WORDS]
    ]
    terms: list[Term] = []
    place = 0
    while place < len(words):
        if length := phrase_at(words, place, synonyms):
            form = words[place : place + length]
            place += length
            ends = place == len(words) and (unfinished or loosely)
            terms.append(group(form, synonyms, vocabulary, begun=ends))
            continue
        if joined := joined_at(words, place, vocabulary):
            terms.append(joined)
            place += 2
            continue
        word, keys = words[place]
        # Of several words the last may be unfinished, even where it is a word.
        last = place == len(words) - 1
        begun = last and (unfinished or len(words) > 1 or len(word.folded) >= TELLING)
        terms.append(single(word, keys, vocabulary, loosely=loosely, begun=begun))
        place += 1
    terms = with_optional(terms, [word for word, _keys in words])
    return Reading(tuple(terms), is_loose=loosely)


def repaired(
    word: Word, vocabulary: Vocabulary, synonyms: Synonyms
) -> tuple[Word, str]:
    """The word with a keyboard's leftovers made good, where that makes it known.

    What is no slip in a word of the market may be one in a synonym. Beside it what was
    typed.
    """
    keys = word.folded
    if keys in vocabulary or word.quantity:
        return word, keys
    for made in typed_for(keys, vocabulary).values():
        return Word(typed=made, folded=fold(made)), keys
    if len(keys) >= TELLING and keys.isalpha() and not vocabulary.has_beginning(keys):
        others = {other for form in synonyms for other in form}
        spare = Vocabulary((other, True) for other in others)
        is_like_ours = keys in others or vocabulary.look_near(keys, at_most=1)
        for meant in () if is_like_ours else spare.look_near(keys, at_most=1):
            return Word(typed=meant, folded=meant), keys
    return word, keys


def typed_for(keys: str, vocabulary: Vocabulary) -> dict[str, str]:
    """Known words that these keys are on a keyboard for Vietnamese, folded and not."""
    made = [keyboard(keys) for keyboard in (from_telex, from_vni)]
    return {fold(word): word for word in made if word and fold(word) in vocabulary}


def phrase_at(words: list[tuple[Word, str]], place: int, synonyms: Synonyms) -> int:
    """How many words from here on are a form that has synonyms; the most, or 0.

    A single last word has to be that very one: "trầ" is no trà, it goes on.
    """
    bases = tuple(word.folded for word, _keys in words[place : place + LONGEST_PHRASE])
    for length in range(len(bases), 0, -1):
        known = synonyms.get(bases[:length], ())
        last = length == 1 and place == len(words) - 1
        if any(form.is_typed([words[place][0]]) for form in known) if last else known:
            return length
    return 0


def group(
    words: list[tuple[Word, str]],
    synonyms: Synonyms,
    vocabulary: Vocabulary,
    *,
    begun: bool,
) -> Term:
    """A form and its synonyms as one term; where `begun`, its last word may go on."""
    form = tuple(word.folded for word, _keys in words)
    others = dict.fromkeys(
        Alternative(other, weight=0.9, together=True, is_synonym=True)
        for known in synonyms[form]
        if known.is_typed(word for word, _keys in words)
        for other in known.others
        if all(word in vocabulary for word in other)
    )
    own = [Alternative(form)] if all(word in vocabulary for word in form) else []
    longer = [Alternative(form, weight=0.5, begun=True)] if begun else []
    return Term(
        typed=tuple(keys for _word, keys in words),
        alternatives=(*own, *others, *longer),
        written=tuple(word for word, _keys in words),
    )


def joined_at(
    words: list[tuple[Word, str]], place: int, vocabulary: Vocabulary
) -> Term | None:
    """Two words that the market writes as one (Za Ra is Zara), as one term."""
    if place + 1 >= len(words):
        return None
    (first, _keys), (second, _more) = words[place], words[place + 1]
    joined = first.folded + second.folded
    if first.quantity or second.quantity or joined not in vocabulary:
        return None
    apart = (first.folded, second.folded)
    own = [Alternative(apart)] if all(word in vocabulary for word in apart) else []
    return Term(
        typed=apart,
        alternatives=(*own, Alternative((joined,), weight=0.9, is_synonym=bool(own))),
        written=(first, second),
    )


def single(
    word: Word, keys: str, vocabulary: Vocabulary, *, loosely: bool, begun: bool
) -> Term:
    """One word and all that it may stand for, the likeliest first."""
    base = word.folded
    made: list[Alternative] = []
    known = base in vocabulary
    if known:
        made.append(Alternative((base,)))
    if word.quantity and not known:
        pass  # another amount is another thing
    elif not known or loosely or begun:
        made += guesses(base, vocabulary, known=known, loosely=loosely, begun=begun)
    if loosely and known and not word.quantity:
        made += [
            Alternative((meant,), weight=0.7)
            for meant in typed_for(base, vocabulary)
            if meant != base
        ]
    if keys != base and vocabulary.has_beginning(keys):
        made.append(Alternative((keys,), weight=0.5, begun=True))
    return Term(typed=(keys,), alternatives=tuple(made), written=(word,))


def guesses(
    base: str, vocabulary: Vocabulary, *, known: bool, loosely: bool, begun: bool
) -> list[Alternative]:
    made = []
    begins = vocabulary.has_beginning(base)
    if begins and (len(base) > 1 or begun or not known):
        made.append(Alternative((base,), weight=0.95, begun=True))
    if not begins or loosely or not (known or begun):
        # A word before the last is rarely cut short: what begins so may be a slip.
        made += [
            Alternative((near,), weight=0.8 - 0.05 * rank)
            for rank, near in enumerate(vocabulary.near(base))
        ]
    if not known:
        made = [
            Alternative(parts, weight=0.9, together=True)
            for parts in vocabulary.splits(base)
        ] + made
    if not made or (begun and not begins):
        made += [
            Alternative((head,), weight=0.6, begun=True)
            for head in vocabulary.near_beginnings(base)
        ]
    return made


def with_optional(terms: list[Term], words: list[Word]) -> list[Term]:
    """The same, with those marked that need not be there, unless that were all."""
    bases = [word.folded for word in words]
    bare = not any(word.accented for word in words)
    spare: set[int] = set()
    place = 0
    for number, term in enumerate(terms):
        pair, before = tuple(bases[place : place + 2]), tuple(bases[place - 1 :][:2])
        word = words[place]
        is_small = word.typed in OPTIONAL or (bare and word.folded in OPTIONAL_BARE)
        in_phrase = {pair, before if place else pair} & OPTIONAL_PHRASES
        if in_phrase or (is_small and len(term.typed) == 1):
            spare.add(number)
        place += len(term.typed)
    if len(spare) == len(terms):
        return terms
    return [
        replace(term, needed=False) if number in spare else term
        for number, term in enumerate(terms)
    ]
