"""Every word the market knows: which begin so, look so, or are two run together."""

from bisect import bisect_left
from collections.abc import Iterable
from typing import Any

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

MOST_NEAR = 6
DISTANCE: Any = OSA.distance  # its types do not know that it is a scorer
LONGEST_SPLIT = 6


class Vocabulary:
    """Folded words, in memory; `names` are those that stand in a name."""

    def __init__(self, words: Iterable[tuple[str, bool]]) -> None:
        pairs = dict(words)
        self.words = sorted(pairs)
        self.names = {word for word, in_name in pairs.items() if in_name}
        self.known = set(self.words)
        self.guessable = [word for word in self.words if word.isalpha()]
        self.guesses: dict[str, list[str]] = {}

    def __contains__(self, word: str) -> bool:
        return word in self.known

    def has_beginning(self, start: str) -> bool:
        place = bisect_left(self.words, start)
        return place < len(self.words) and self.words[place].startswith(start)

    def near(self, word: str) -> list[str]:
        """Words one or two slips of the finger away, the likeliest first.

        Short words forgive one slip, from six letters on two, behind the first two
        letters; a number none.
        """
        if len(word) < 3 or not word.isalpha() or len(word) > 40:
            return []
        if word not in self.guesses:
            if len(self.guesses) > 5_000:  # asked by people, so without end
                self.guesses.clear()
            self.guesses[word] = self.look_near(word)
        return self.guesses[word]

    def look_near(self, word: str, *, at_most: int = 2) -> list[str]:
        found: list[Any] = []
        for slips in range(1, 1 + min(at_most, 2 if len(word) >= 6 else 1)):
            found = extract(
                word,
                self.guessable,
                scorer=DISTANCE,
                score_cutoff=slips,
                limit=60,
            )
            if found:
                break
        found = [
            (near, slips, _p)
            for near, slips, _p in found
            if near != word and (slips == 1 or sorted(near[:2]) == sorted(word[:2]))
        ]
        found.sort(
            key=lambda one: (
                one[1],
                one[0][0] != word[0],
                sorted(one[0]) != sorted(word),  # two letters that changed places
                one[0] not in self.names,
                abs(len(one[0]) - len(word)),
                one[0],
            )
        )
        return [near for near, _slips, _place in found[:MOST_NEAR]]

    def near_beginnings(self, start: str) -> list[str]:
        """Words that begin nearly so: for a word that is half typed, and wrongly."""
        if len(start) < 4 or not start.isalpha() or len(start) > 40:
            return []
        lengths = (len(start), len(start) + 1, len(start) - 1)
        heads = {word[:length] for word in self.guessable for length in lengths}
        found = extract(start, list(heads), scorer=DISTANCE, score_cutoff=1, limit=20)
        return sorted(
            (head for head, _slips, _place in found),
            key=lambda head: (head[0] != start[0], head),
        )[:3]

    def splits(self, word: str) -> list[tuple[str, ...]]:
        """Known words that were typed without the spaces between, the likeliest first.

        In two wherever that goes; in more only where it does not.
        """
        if not 4 <= len(word) <= 40:
            return []
        in_two: list[tuple[str, ...]] = [
            (word[:place], word[place:])
            for place in range(1, len(word) - 1)
            if word[:place] in self.known and word[place:] in self.known
        ]
        if in_two:
            in_two.sort(
                key=lambda parts: (
                    -sum(part in self.names for part in parts),
                    abs(len(parts[0]) - len(parts[1])),
                )
            )
            return in_two[:3]
        many = self.split_in_many(word)
        return [many] if many else []

    def split_in_many(self, word: str) -> tuple[str, ...]:
        best: list[tuple[str, ...] | None] = [()] + [None] * len(word)
        for end in range(2, len(word) + 1):
            for start in range(end - 1):
                before, part = best[start], word[start:end]
                if before is None or part not in self.names:
                    continue
                so_far = best[end]
                if so_far is None or len(before) + 1 < len(so_far):
                    best[end] = (*before, part)
        parts = best[-1] or ()
        return parts if len(parts) <= LONGEST_SPLIT else ()
