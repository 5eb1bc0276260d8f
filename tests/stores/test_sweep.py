"""What time has ended: goods that nobody collected, and the command that says so."""

import datetime as dt
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from stores.models import Fulfilment, RefundDue
from stores.operations.hand_over import hand_over
from stores.operations.mark_ready import KEPT, mark_ready
from stores.operations.release_uncollected import (
    NotInThatState,
    StillKept,
    release_uncollected,
)
from stores.operations.sweep import sweep_uncollected
from tests.books import books_of
from tests.factories import make_order

README = Path(__file__).resolve().parents[2] / "README.md"


@pytest.fixture
def packed(job):
    """Two boxes of tea that wait for their buyer since this moment."""
    mark_ready(fulfilment=job, at=timezone.now())
    return job


def test_a_pickup_is_kept_until_the_buyer_was_told(packed, tea_at_centre):
    before = books_of(tea_at_centre)

    with pytest.raises(StillKept):
        release_uncollected(
            fulfilment=packed, at=packed.collect_until - dt.timedelta(seconds=1)
        )

    assert Fulfilment.objects.get().status == "ready"
    assert books_of(tea_at_centre) == before


def test_what_nobody_collected_is_free_again(
    packed, tea_at_centre, mailoutbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        assert sweep_uncollected(at=packed.collect_until) == 1

    job = Fulfilment.objects.select_related("order").get()
    assert (job.status, job.order.status) == ("not_collected", "not_collected")
    assert (job.to_collect_vnd, job.parts.get().cancelled) == (0, 2)
    assert books_of(tea_at_centre).promised == 0
    assert not RefundDue.objects.exists()
    (letter,) = mailoutbox
    assert letter.subject == f"Đơn {job.order.number} chưa có người nhận"
    assert sweep_uncollected(at=packed.collect_until) == 0


def test_what_was_paid_and_not_collected_is_due_back(packed):
    Fulfilment.objects.update(to_collect_vnd=0)

    sweep_uncollected(at=packed.collect_until)

    assert RefundDue.objects.get().amount_vnd == 190_000


def test_what_was_collected_stays_so(packed, keeper):
    hand_over(fulfilment=packed, code=packed.code, actor=keeper, at=timezone.now())

    with pytest.raises(NotInThatState):
        release_uncollected(fulfilment=packed, at=packed.handed_over_at + KEPT)

    assert Fulfilment.objects.get().status == "handed_over"


def test_a_parcel_is_not_collected_by_anybody(parcel):
    mark_ready(fulfilment=parcel, at=timezone.now())

    assert sweep_uncollected(at=timezone.now() + 30 * KEPT) == 0

    assert Fulfilment.objects.get().status == "ready"


def test_the_command_ends_both(
    packed, centre, honey, honey_at_centre, time_machine, capsys
):
    make_order({honey: 1}, point=centre, pay_until=timezone.now() + KEPT)
    time_machine.move_to(packed.collect_until + dt.timedelta(minutes=1))

    call_command("sweep")

    said = capsys.readouterr().out
    assert said.startswith("1 orders lapsed, 1 pick-ups put back.\n")


def test_the_readme_names_the_command():
    assert "`manage.py sweep`" in README.read_text()
