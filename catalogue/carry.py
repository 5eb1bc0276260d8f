"""Taking a product home: what each carrying rule means. Advice, not a promise.

Source: airlines' and customs' published conditions as gathered in the programme's
notes, November 2026; to be checked at the source before anyone relies on them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalogue.models import Flies

STRICTER_LAST = [Flies.NOTHING, Flies.CABIN, Flies.CHECKED, Flies.POST, Flies.STAYS]

RULES: dict[str, tuple[Flies, str | Promise]] = {
    "ok": (Flies.CABIN, _("Dry and sealed. Cabin or checked bag.")),
    "fragile": (
        Flies.CABIN,
        _("It can break: keep it in the cabin, or ask us for the padded pack."),
    ),
    "birdnest": (Flies.CABIN, _("Declare bird's nest at customs; rules differ.")),
    "herbal": (
        Flies.CABIN,
        _("Declare dried herbs at customs; some countries ask for it."),
    ),
    "cites": (
        Flies.CABIN,
        _(
            "Agarwood is listed in CITES, appendix II. Small personal amounts are"
            " usually exempt: keep the invoice."
        ),
    ),
    "liquid": (
        Flies.CHECKED,
        _(
            "International cabins take 100 ml a container, in one clear one-litre bag."
            " Larger goes in the checked bag."
        ),
    ),
    "alcohol": (
        Flies.CHECKED,
        _(
            "In the checked bag, in its sealed retail pack. From 24 to 70 % by volume,"
            " 5 litres a person at most."
        ),
    ),
    "fish_sauce": (
        Flies.POST,
        _(
            "Many airlines refuse fish sauce in cabin and checked bags, for its smell"
            " and because it breaks. Ask the airline first, or let us post it."
        ),
    ),
    "meat": (
        Flies.STAYS,
        _("Most countries let no meat in. Eat it in Việt Nam."),
    ),
    "plant": (
        Flies.STAYS,
        _("Plant quarantine: fresh fruit, plants and seeds rarely may leave."),
    ),
    "none": (Flies.NOTHING, ""),
}

VERDICTS = {
    Flies.CABIN: _("Flies in your cabin bag"),
    Flies.CHECKED: _("Flies in your checked bag"),
    Flies.POST: _("Better posted than flown"),
    Flies.STAYS: _("To enjoy in Việt Nam"),
}


@dataclass(frozen=True)
class Advice:
    """What a traveller is told: a verdict, its reasons, and whether it is good news."""

    verdict: str | Promise
    reasons: list[str | Promise]
    may_fly: bool


def strictest(rules: Iterable[str]) -> Flies:
    """The verdict of the rule that leaves the fewest ways."""
    verdicts = [RULES[rule][0] for rule in rules]
    return max(verdicts, key=STRICTER_LAST.index, default=Flies.NOTHING)


def advice(rules: Iterable[str]) -> Advice | None:
    """What to tell about a thing, or about all of a basket; None for services."""
    rules = [rule for rule in dict.fromkeys(rules) if RULES[rule][1]]
    flies = strictest(rules)
    if flies == Flies.NOTHING:
        return None
    by_strictness = sorted(
        rules, key=lambda rule: STRICTER_LAST.index(RULES[rule][0]), reverse=True
    )
    beside_the_point = {"ok"} if len(rules) > 1 else set()
    if flies != Flies.CABIN:
        beside_the_point.add("fragile")
    said = [r for r in by_strictness if r not in beside_the_point]
    return Advice(
        verdict=VERDICTS[flies],
        reasons=[RULES[rule][1] for rule in said],
        may_fly=flies in (Flies.CABIN, Flies.CHECKED),
    )
