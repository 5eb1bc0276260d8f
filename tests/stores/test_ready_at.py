"""When goods that lie elsewhere can be had: both points' hours and the way."""

import datetime as dt

import pytest
from django.utils import timezone

from stores.models import SalesPoint
from stores.queries.transfers import ready_at
from tests.factories import make_hours

MONDAY = dt.date(2026, 12, 7)


def at(hour: str, days: int = 0) -> dt.datetime:
    day = MONDAY + dt.timedelta(days=days)
    here = timezone.get_current_timezone()
    return dt.datetime.combine(day, dt.time.fromisoformat(hour), here)


def make_open_point(*spans, **days) -> SalesPoint:
    """Open on every day in these spans, but on the named days as said."""
    return SalesPoint(hours=make_hours(*spans) | days)


def make_shop() -> SalesPoint:
    return make_open_point(("08:00", "12:00"), ("13:00", "18:00"))


def make_always_open() -> SalesPoint:
    return make_open_point(("00:00", "23:59"))


@pytest.mark.parametrize(
    ("source", "destination", "hours", "now", "ready"),
    [
        (make_always_open(), make_always_open(), 3, at("10:00"), at("13:00")),
        (make_shop(), make_always_open(), 3, at("06:30"), at("11:00")),
        (make_shop(), make_always_open(), 3, at("12:30"), at("16:00")),
        (make_shop(), make_always_open(), 3, at("18:00"), at("11:00", 1)),
        (make_shop(), make_shop(), 3, at("09:30"), at("13:00")),
        (make_shop(), make_shop(), 3, at("15:00"), at("08:00", 1)),
        (make_shop(), make_shop(), 24, at("10:00"), at("10:00", 1)),
        (make_shop(), make_shop(), 48, at("19:00"), at("08:00", 3)),
        (
            make_shop(),
            make_open_point(("10:00", "11:00"), tue=[]),
            24,
            at("09:00"),
            at("10:00", 2),
        ),
        (
            make_open_point(("08:00", "18:00"), mon=[]),
            make_always_open(),
            3,
            at("09:00"),
            at("11:00", 1),
        ),
    ],
)
def test_ready_at_waits_for_opening_hours_of_both_points(
    source, destination, hours, now, ready
):
    assert ready_at(source, destination, hours=hours, now=now) == ready


@pytest.mark.parametrize(
    ("now", "ready"),
    [("10:00:00", "13:00"), ("10:00:01", "13:15"), ("10:07", "13:15")],
)
def test_ready_at_rounds_up_to_quarter_hour(now, ready):
    assert ready_at(make_always_open(), make_always_open(), hours=3, now=at(now)) == at(
        ready
    )


def test_ready_at_rounding_never_exceeds_closing_time():
    booth = make_open_point(("08:00", "12:00"))

    assert ready_at(make_always_open(), booth, hours=3, now=at("08:50")) == at(
        "08:00", 1
    )


def test_ready_at_is_in_local_time():
    now = at("10:07").astimezone(dt.UTC)

    assert ready_at(make_shop(), make_shop(), hours=3, now=now) == at("13:15")


@pytest.mark.parametrize(
    "sides",
    [(make_open_point(), make_always_open()), (make_always_open(), make_open_point())],
)
def test_ready_at_is_none_when_a_point_never_opens(sides):
    assert ready_at(*sides, hours=3, now=at("10:00")) is None
