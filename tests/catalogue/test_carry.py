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
def test_the_strictest_rule_decides(rules, flies):
    assert strictest(rules) == flies


@given(SETS, SETS)
def test_more_in_the_bag_never_makes_it_easier(some, more):
    alone, together = strictest(some), strictest(some + more)

    assert STRICTER_LAST.index(together) >= STRICTER_LAST.index(alone)


@given(SETS)
def test_advice_names_its_reasons_each_once(rules):
    result = advice(rules)

    if strictest(rules) == Flies.NOTHING:
        assert result is None
    else:
        assert result.verdict == VERDICTS[strictest(rules)]
        assert result.may_fly == (strictest(rules) in (Flies.CABIN, Flies.CHECKED))
        assert result.reasons
        assert len(set(map(str, result.reasons))) == len(result.reasons)


def test_the_reason_that_decides_is_told_first():
    result = advice(["liquid", "fish_sauce"])

    assert result.reasons == [RULES["fish_sauce"][1], RULES["liquid"][1]]
    assert not result.may_fly


def test_that_a_thing_is_dry_is_left_out_where_another_rule_speaks():
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
def test_what_breaks_is_sent_to_no_cabin_that_does_not_take_it(rules, sentence):
    breaks = {RULES["fragile"][1], BREAKS_IN_THE_HOLD}

    sentences = [one for one in advice(rules).reasons if one in breaks]
    assert sentences == ([sentence] if sentence else [])
