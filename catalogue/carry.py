"""What each carrying rule means for a traveller. Advice, not a guarantee.

Source: airlines' and customs' published conditions as gathered in the programme's
notes, November 2026; to be checked at the source before anyone relies on them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalogue.models import Flies

STRICTER_LAST = [Flies.NOTHING, Flies.CABIN, Flies.CHECKED, Flies.POST, Flies.STAYS]

BREAKS_IN_THE_HOLD = _("It can break: ask us for the padded pack.")

RULES: dict[str, tuple[Flies, str | Promise]] = {
    "ok": (Flies.CABIN, _("Nothing liquid: cabin or checked bag.")),
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
    "small_liquid": (
        Flies.CABIN,
        _("Up to 100 ml: in the cabin inside your clear one-litre bag for liquids."),
    ),
    "liquid": (
        Flies.CHECKED,
        _(
            "Liquids, pastes and honey over 100 ml go in the checked bag: international"
            " cabins take no more in one container."
        ),
    ),
    "alcohol": (
        Flies.CHECKED,
        _(
            "Alcohol goes in the checked bag, in its sealed retail pack. From 24 to 70"
            " % by volume, 5 litres a person at most."
        ),
    ),
    "frozen": (
        Flies.CHECKED,
        _(
            "It has to stay frozen: on a short flight, in a cool box in the checked"
            " bag."
        ),
    ),
    "fish_sauce": (
        Flies.POST,
        _(
            "Many airlines refuse fish sauce in cabin and checked bags, for its smell"
            " and because it breaks. Ask the airline first; we post it within Việt Nam."
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
    """A verdict for a traveller, its reasons, and whether the goods may fly."""

    verdict: str | Promise
    reasons: list[str | Promise]
    may_fly: bool


def strictest(rules: Iterable[str]) -> Flies:
    """The verdict of the most restrictive rule."""
    verdicts = [RULES[rule][0] for rule in rules]
    return max(verdicts, key=STRICTER_LAST.index, default=Flies.NOTHING)


def advice(rules: Iterable[str]) -> Advice | None:
    """Advice on the rules of a product or of a whole basket; None for services."""
    rules = [rule for rule in dict.fromkeys(rules) if RULES[rule][1]]
    flies = strictest(rules)
    if flies == Flies.NOTHING:
        return None
    by_strictness = sorted(
        rules, key=lambda rule: STRICTER_LAST.index(RULES[rule][0]), reverse=True
    )
    deciding = [rule for rule in by_strictness if rule != "ok" or len(rules) == 1]
    reasons = {rule: RULES[rule][1] for rule in deciding}
    if flies == Flies.CHECKED and "fragile" in reasons:
        reasons["fragile"] = BREAKS_IN_THE_HOLD
    elif flies != Flies.CABIN:
        reasons.pop("fragile", None)
    return Advice(
        verdict=VERDICTS[flies],
        reasons=list(reasons.values()),
        may_fly=flies in (Flies.CABIN, Flies.CHECKED),
    )
