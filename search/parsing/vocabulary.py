"""The words of all entries: lookups by prefix, by spelling, and of joined words."""

from bisect import bisect_left
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

MAX_NEAR_WORDS = 6
MIN_CORRECTED = 4
"""Shorter words have too many neighbours: only two letters may have changed places."""

LONG_WORD = 6
"""From so many letters on, one error leaves no doubt."""

MAX_CACHED_WORDS = 5_000
MAX_PIECES = 6
DISTANCE: Any = OSA.distance  # the stubs do not accept it as a scorer


class Vocabulary:
    """Folded words in memory; `names` are those that occur in the name of an item.

    `written` are words of names with accents; `subjects`, folded or with accents, are
    those that say what some product is, and not where it is from.
    """

    def __init__(
        self,
        words: Iterable[tuple[str, bool]],
        *,
        written: Iterable[str] = (),
        subjects: Iterable[str] = (),
    ) -> None:
        self.written, self.subjects = set(written), set(subjects)
        pairs = dict(words)
        self.words = sorted(pairs)
        self.names = {word for word, in_name in pairs.items() if in_name}
        self.known = set(self.words)
        self.alphabetic = [word for word in self.words if word.isalpha()]
        self.near_cache: dict[str, list[str]] = {}

    def __contains__(self, word: str) -> bool:
        return word in self.known

    def has_prefix(self, prefix: str) -> bool:
        index = bisect_left(self.words, prefix)
        return index < len(self.words) and self.words[index].startswith(prefix)

    def find_near(self, word: str) -> list[str]:
        """Words of names within one or two typing errors, the likeliest first.

        Words of up to five letters allow one error, longer ones two if the first two
        letters are right. A known word has no errors, and numbers allow none.
        """
        if len(word) < 3 or not word.isalpha() or len(word) > 40 or word in self.known:
            return []
        if word not in self.near_cache:
            if len(self.near_cache) > MAX_CACHED_WORDS:
                self.near_cache.clear()
            self.near_cache[word] = self.compute_near(word)
        return self.near_cache[word]

    def compute_near(self, word: str, *, max_distance: int = 2) -> list[str]:
        found: list[Any] = []
        for distance in range(1, 1 + min(max_distance, 2 if len(word) >= 6 else 1)):
            found = extract(
                word,
                self.alphabetic,
                scorer=DISTANCE,
                score_cutoff=distance,
                limit=60,
            )
            if found:
                break
        candidates = [
            (near, distance)
            for near, distance, _index in found
            if near in self.names
            and is_likely_slip(word, near)
            and (distance == 1 or sorted(near[:2]) == sorted(word[:2]))
        ]
        candidates.sort(
            key=lambda one: (
                one[1],
                one[0][0] != word[0],
                sorted(one[0]) != sorted(word),  # two letters that changed places
                abs(len(one[0]) - len(word)),
                one[0],
            )
        )
        return [near for near, _distance in candidates[:MAX_NEAR_WORDS]]

    def find_near_prefixes(self, prefix: str) -> list[str]:
        """Prefixes of names, one error away from this one; three at most."""
        if len(prefix) < MIN_CORRECTED or not prefix.isalpha() or len(prefix) > 40:
            return []
        lengths = (len(prefix), len(prefix) + 1, len(prefix) - 1)
        names = [word for word in self.alphabetic if word in self.names]
        heads = {word[:length] for word in names for length in lengths}
        found = extract(prefix, list(heads), scorer=DISTANCE, score_cutoff=1, limit=20)
        return sorted(
            (head for head, _distance, _index in found if is_likely_slip(prefix, head)),
            key=lambda head: (head[0] != prefix[0], head),
        )[:3]

    def split(self, word: str) -> list[tuple[str, ...]]:
        """Known words that were typed without spaces, the likeliest first.

        More than two words are considered only where no two fit.
        """
        if not 4 <= len(word) <= 40:
            return []
        in_two: list[tuple[str, ...]] = [
            (word[:index], word[index:])
            for index in range(1, len(word) - 1)
            if word[:index] in self.known and word[index:] in self.known
        ]
        if in_two:
            in_two.sort(
                key=lambda pieces: (
                    -sum(piece in self.names for piece in pieces),
                    abs(len(pieces[0]) - len(pieces[1])),
                )
            )
            return in_two[:3]
        pieces = self.split_into_many(word)
        return [pieces] if pieces else []

    def split_into_many(self, word: str) -> tuple[str, ...]:
        """The fewest names that make up the word; empty if there are none."""
        best: list[tuple[str, ...] | None] = [()] + [None] * len(word)
        for end in range(2, len(word) + 1):
            for start in range(end - 1):
                before, piece = best[start], word[start:end]
                if before is None or piece not in self.names:
                    continue
                shortest = best[end]
                if shortest is None or len(before) + 1 < len(shortest):
                    best[end] = (*before, piece)
        pieces = best[-1] or ()
        return pieces if len(pieces) <= MAX_PIECES else ()


def is_likely_slip(typed: str, meant: str) -> bool:
    """Whether one slip of the fingers explains what was typed, and hardly another word.

    Short words differ by a letter without having anything to do with each other: milk
    and silk, mango and măng, fly and ly. They have to lack a letter, to repeat one, or
    to have two that changed places.
    """
    if typed[0] != meant[0] and sorted(typed[:2]) != sorted(meant[:2]):
        return False
    if sorted(typed) == sorted(meant) or len(typed) >= LONG_WORD:
        return True
    if len(typed) < MIN_CORRECTED:
        return False
    if len(typed) == len(meant):
        return len(typed) > MIN_CORRECTED
    return len(typed) < len(meant) or drop_repeated(typed) == drop_repeated(meant)


def drop_repeated(word: str) -> str:
    """The word with each run of one letter as one: "lonng" is "long"."""
    return "".join(letter for letter, _run in groupby(word))
