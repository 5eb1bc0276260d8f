"""When a point is open: several intervals a day, days off, and what hours look like."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from stores.models import WEEKDAYS, SalesPoint, validate_hours
from tests.factories import make_hours, make_point

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
MORNING, EVENING = ("08:00", "11:30"), ("13:30", "20:00")


def make_week() -> dict[str, list[list[str]]]:
    """Open twice a day, and not on Sundays."""
    return make_hours(MORNING, EVENING) | {"sun": []}


def at(day: int, hour: str) -> dt.datetime:
    """March 2027 begins on a Monday; the seventh is a Sunday."""
    return dt.datetime.combine(
        dt.date(2027, 3, day), dt.time.fromisoformat(hour), tzinfo=HERE
    )


@pytest.mark.parametrize(
    ("day", "hour", "until"),
    [
        (1, "07:59", None),
        (1, "08:00", "11:30"),
        (1, "11:29", "11:30"),
        (1, "11:30", None),
        (1, "13:00", None),
        (1, "13:30", "20:00"),
        (1, "19:59", "20:00"),
        (1, "20:00", None),
        (7, "09:00", None),
    ],
)
def test_open_until_returns_end_of_current_interval(day, hour, until):
    point = SalesPoint(hours=make_week())

    closes = point.open_until(at=at(day, hour))

    assert closes == (until and dt.time.fromisoformat(until))


@pytest.mark.parametrize(
    ("day", "hour", "opens"),
    [
        (1, "07:00", (1, "08:00")),
        (1, "08:00", (1, "13:30")),  # strictly later
        (1, "12:00", (1, "13:30")),
        (1, "21:00", (2, "08:00")),
        (6, "21:00", (8, "08:00")),  # over the Sunday
        (7, "10:00", (8, "08:00")),
    ],
)
def test_next_opening_returns_next_start(day, hour, opens):
    point = SalesPoint(hours=make_week())

    assert point.next_opening(at=at(day, hour)) == at(*opens)


def test_next_opening_may_be_a_week_later():
    point = SalesPoint(hours=make_hours() | {"mon": [["08:00", "09:00"]]})

    assert point.next_opening(at=at(1, "08:00")) == at(8, "08:00")


def test_point_without_hours_never_opens():
    point = SalesPoint(hours=make_hours())

    assert point.open_until(at=at(1, "09:00")) is None
    assert point.next_opening(at=at(1, "09:00")) is None


def test_open_until_uses_vietnam_time():
    point = SalesPoint(hours=make_week())
    in_london = dt.datetime(2027, 3, 1, 1, 30, tzinfo=ZoneInfo("Europe/London"))

    assert point.open_until(at=in_london) == dt.time(11, 30)


def test_hours_on_returns_intervals_in_order():
    point = SalesPoint(hours=make_week())

    assert point.hours_on(dt.date(2027, 3, 1)) == [
        (dt.time(8), dt.time(11, 30)),
        (dt.time(13, 30), dt.time(20)),
    ]
    assert point.hours_on(dt.date(2027, 3, 7)) == []


@pytest.mark.parametrize(
    "hours",
    [
        make_week(),
        make_hours(),
        make_hours(("00:00", "23:59")),
        make_hours()
        | {"mon": [["05:00", "06:30"], MORNING, EVENING, ["20:30", "22:00"]]},
    ],
)
def test_validate_hours_accepts_valid_week(hours):
    assert validate_hours(hours) is None


@pytest.mark.parametrize(
    "monday",
    [
        [["08:00"]],
        [["08:00", "09:00", "10:00"]],
        [["09:00", "08:00"]],
        [["08:00", "08:00"]],
        [["08:00", "10:00"], ["09:00", "11:00"]],
        [EVENING, MORNING],
        [["22:00", "02:00"]],
        [["8 giờ", "20:00"]],
        [["08:00", "25:00"]],
        [["08:60", "09:00"]],
        [[8, 20]],
        [[None, None]],
        ["08:00", "20:00"],
        [["08:00+07:00", "20:00"]],
        "08:00-20:00",
        8,
        None,
    ],
    ids=str,
)
def test_validate_hours_refuses_invalid_day(monday):
    with pytest.raises(ValidationError):
        validate_hours(make_hours() | {"mon": monday})


@pytest.mark.parametrize(
    "hours",
    [
        {},
        None,
        [],
        "mon",
        7,
        {day: [] for day in WEEKDAYS[:6]},
        make_hours() | {"holiday": []},
        dict.fromkeys(range(7), []),
    ],
    ids=str,
)
def test_validate_hours_refuses_invalid_week(hours):
    with pytest.raises(ValidationError):
        validate_hours(hours)


def test_hours_from_database_are_valid(db):
    point = make_point(hours=make_week())

    point.refresh_from_db()

    assert validate_hours(point.hours) is None
