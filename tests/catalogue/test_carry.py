"""What a traveller is told of taking a thing home."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.carry import (
    BREAKS_IN_THE_HOLD,
    RULES,
    STRICTER_LAST,
    VERDICTS,
    advice,
    strictest,
)
from catalogue.models import Flies

SETS = st.lists(st.sampled_from(sorted(RULES)), max_size=5)


@pytest.mark.parametrize(
    ("rules", "flies"),
    [
        (["ok"], Flies.CABIN),
        (["ok", "liquid"], Flies.CHECKED),
        (["fragile", "fish_sauce", "liquid"], Flies.POST),
        (["meat", "ok"], Flies.STAYS),
        (["none"], Flies.NOTHING),
        ([], Flies.NOTHING),
    ],
)
def test_strictest_returns_strictest_rule(rules, flies):
    assert strictest(rules) == flies


@given(SETS, SETS)
def test_strictest_never_relaxes_with_more_rules(some, more):
    alone, together = strictest(some), strictest(some + more)

    assert STRICTER_LAST.index(together) >= STRICTER_LAST.index(alone)


@given(SETS)
def test_advice_lists_each_reason_once(rules):
    result = advice(rules)

    if strictest(rules) == Flies.NOTHING:
        assert result is None
    else:
        assert result.verdict == VERDICTS[strictest(rules)]
        assert result.may_fly == (strictest(rules) in (Flies.CABIN, Flies.CHECKED))
        assert result.reasons
        assert len(set(map(str, result.reasons))) == len(result.reasons)


def test_advice_lists_deciding_reason_first():
    result = advice(["liquid", "fish_sauce"])

    assert result.reasons == [RULES["fish_sauce"][1], RULES["liquid"][1]]
    assert not result.may_fly


def test_advice_omits_dry_goods_reason_beside_another_rule():
    assert advice(["ok"]).reasons == [RULES["ok"][1]]
    assert advice(["ok", "alcohol"]).reasons == [RULES["alcohol"][1]]


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        (["fragile"], RULES["fragile"][1]),
        (["fragile", "small_liquid"], RULES["fragile"][1]),
        (["fragile", "liquid"], BREAKS_IN_THE_HOLD),
        (["fragile", "alcohol"], BREAKS_IN_THE_HOLD),
        (["fragile", "fish_sauce"], None),  # that it breaks is said there already
        (["fragile", "meat"], None),
    ],
)
def test_advice_on_fragile_goods_never_suggests_forbidden_cabin(rules, sentence):
    breaks = {RULES["fragile"][1], BREAKS_IN_THE_HOLD}

    sentences = [one for one in advice(rules).reasons if one in breaks]
    assert sentences == ([sentence] if sentence else [])
