"""Identifiers are words that a developer of the field would search for."""

import io
import keyword
import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("catalogue", "stores", "search", "cms", "marketplace", "tests")

WORDS = frozenset(
    [
        "shown",
        "said",
        "told",
        "asked",
        "kept",
        "lies",
        "lying",
        "hers",
        "her",
        "gone",
        "given",
        "wanted",
        "bring",
        "brings",
        "hear",
        "hears",
        "owe",
        "owes",
        "serve",
        "serves",
        "intend",
        "intends",
        "thing",
        "things",
        "way",
        "ways",
        "part",
        "parts",
        "papers",
        "news",
    ]
)
"""Bare participles and pronouns, poetic verbs, and nouns that say nothing."""

PHRASES = ("let_go", "make_good", "take_off", "look_after", "pass_on")

FOREIGN = frozenset(
    {
        "given",  # Hypothesis
        "one_of",  # Hypothesis
        "serve_forever",  # the standard library
        "parts",  # pathlib
        "serve",  # Wagtail's view and method of pages
        "child_of",  # Wagtail's filter of pages
        "descendant_of",  # Wagtail's filter of pages
        "serve_pattern",  # Wagtail
        "get_url_parts",  # Wagtail
        "NewsPage",  # the site's pages of news, as everybody calls them
        "as_of",  # the date of a table of rates
    }
)


def split_words(name: str) -> list[str]:
    """The words of a snake_case or CamelCase name, in lower case."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)
    return [word.lower() for word in words]


def is_forbidden(name: str) -> bool:
    words = split_words(name)
    joined = "_".join(words)
    return (
        bool(WORDS.intersection(words))
        or any(phrase in joined for phrase in PHRASES)
        or joined.endswith("_of")
    )


def read_names(path: Path) -> set[str]:
    """The identifiers of a module, those inside f-strings included."""
    source = path.read_text()
    names: set[str] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.NAME and not keyword.iskeyword(token.string):
            names.add(token.string)
        elif token.type == tokenize.STRING and re.match(r"[rR]?[fF]", token.string):
            for expression in re.findall(r"\{([^{}]*)\}", token.string):
                names.update(re.findall(r"[A-Za-z_]\w*", expression.split("!")[0]))
    return names


def modules() -> list[Path]:
    return sorted(
        path
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if "migrations" not in path.parent.as_posix()
        and "oscar_site" not in path.as_posix()
    )


@pytest.mark.parametrize(
    "name", ["way", "HER_TOKEN", "told_before", "take_off_postage", "price_of"]
)
def test_is_forbidden_finds_word_in_any_case(name):
    assert is_forbidden(name)


@pytest.mark.parametrize("name", ["partner", "always", "newsletter", "of", "heritage"])
def test_is_forbidden_passes_longer_word(name):
    assert not is_forbidden(name)


def test_no_module_has_forbidden_identifier():
    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in modules()
        for name in read_names(path) - FOREIGN
        if is_forbidden(name) and path != Path(__file__)
    }

    assert sorted(found) == []
