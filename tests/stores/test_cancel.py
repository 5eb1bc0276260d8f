"""An order is called off before any of it is packed."""

import pytest
from django.utils import timezone, translation

from stores.models import Fulfilment
from stores.operations.cancel import NotInThatState, cancel
from stores.operations.hand_over import hand_over
from stores.operations.mark_ready import mark_ready
from tests.books import books_of
from tests.factories import make_order


def test_the_goods_are_free_again_and_never_left(order, tea_at_centre):
    on_hand = books_of(tea_at_centre).on_hand

    cancel(order=order, at=timezone.now())

    books = books_of(tea_at_centre)
    assert (books.on_hand, books.promised) == (on_hand, 0)
    assert [kind for kind, *_rest in books.ledger] == ["receive"]


def test_the_order_and_its_job_are_cancelled(order, job):
    now = timezone.now()

    cancel(order=order, at=now)

    job = Fulfilment.objects.select_related("order").get(pk=job.pk)
    assert (job.status, job.ended_at) == ("cancelled", now)
    assert job.order.status == "cancelled"


@pytest.mark.parametrize(
    ("language", "subject"),
    [("vi", "Đơn {} đã hủy"), ("en", "Order {} is cancelled")],
)
def test_the_buyer_is_told_in_the_language_of_the_order(
    centre,
    tea,
    tea_at_centre,
    mailoutbox,
    django_capture_on_commit_callbacks,
    language,
    subject,
):
    order = make_order({tea: 2}, point=centre, language=language)
    code = order.fulfilments.get().spaced_code

    with (
        translation.override({"vi": "en", "en": "vi"}[language]),
        django_capture_on_commit_callbacks(execute=True),
    ):
        cancel(order=order, at=timezone.now())

    (letter,) = mailoutbox
    assert letter.subject == subject.format(order.number)
    assert code not in letter.body


def test_what_is_packed_is_not_cancelled(order, job, tea_at_centre):
    mark_ready(fulfilment=job, at=timezone.now())
    before = books_of(tea_at_centre)

    with pytest.raises(NotInThatState):
        cancel(order=order, at=timezone.now())

    assert Fulfilment.objects.get(pk=job.pk).status == "ready"
    assert books_of(tea_at_centre) == before


def test_what_was_handed_over_is_not_cancelled(order, job, keeper, tea_at_centre):
    hand_over(fulfilment=job, code=job.code, actor=keeper, at=timezone.now())
    before = books_of(tea_at_centre)

    with pytest.raises(NotInThatState):
        cancel(order=order, at=timezone.now())

    assert Fulfilment.objects.get(pk=job.pk).status == "handed_over"
    assert books_of(tea_at_centre) == before


def test_an_order_is_cancelled_once(
    order, tea, centre, tea_at_centre, mailoutbox, django_capture_on_commit_callbacks
):
    make_order({tea: 5}, point=centre)
    with django_capture_on_commit_callbacks(execute=True):
        cancel(order=order, at=timezone.now())

    with (
        pytest.raises(NotInThatState),
        django_capture_on_commit_callbacks(execute=True),
    ):
        cancel(order=order, at=timezone.now())

    assert books_of(tea_at_centre).promised == 5  # the other buyer's
    assert len(mailoutbox) == 1


def test_two_parcels_are_cancelled_together(two_parcels):
    first, second = two_parcels
    records = [job.order.lines.get(partner=job.point.partner) for job in two_parcels]

    cancel(order=first.order, at=timezone.now())

    assert first.order.fulfilments.filter(status="cancelled").count() == 2
    assert [books_of(line.stockrecord).promised for line in records] == [0, 0]


def test_one_packed_parcel_keeps_both(two_parcels):
    first, second = two_parcels
    mark_ready(fulfilment=second, at=timezone.now())
    lines = list(first.order.lines.select_related("stockrecord"))
    promised = [books_of(line.stockrecord).promised for line in lines]

    with pytest.raises(NotInThatState):
        cancel(order=first.order, at=timezone.now())

    assert promised == [1, 1]
    assert [books_of(line.stockrecord).promised for line in lines] == promised
    assert Fulfilment.objects.get(pk=first.pk).status == "confirmed"
