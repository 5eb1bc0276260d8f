"""What a traveller is told of taking a thing home."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.carry import RULES, STRICTER_LAST, VERDICTS, advice, strictest
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
    told = advice(rules)

    if strictest(rules) == Flies.NOTHING:
        assert told is None
    else:
        assert told.verdict == VERDICTS[strictest(rules)]
        assert told.may_fly == (strictest(rules) in (Flies.CABIN, Flies.CHECKED))
        assert told.reasons
        assert len(set(map(str, told.reasons))) == len(told.reasons)


def test_the_reason_that_decides_is_told_first():
    told = advice(["liquid", "fish_sauce"])

    assert told.reasons == [RULES["fish_sauce"][1], RULES["liquid"][1]]
    assert not told.may_fly


def test_that_a_thing_is_dry_is_left_out_where_another_rule_speaks():
    assert advice(["ok"]).reasons == [RULES["ok"][1]]
    assert advice(["ok", "alcohol"]).reasons == [RULES["alcohol"][1]]


def test_that_a_thing_breaks_is_left_out_where_it_goes_in_no_cabin():
    assert advice(["fragile"]).reasons == [RULES["fragile"][1]]
    assert advice(["fragile", "alcohol"]).reasons == [RULES["alcohol"][1]]
