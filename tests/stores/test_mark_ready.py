"""A packed job waits for its buyer, who is told in the order's language."""

import pytest
from django.utils import timezone, translation

from marketplace.orders.models import Fulfilment
from marketplace.orders.operations.cancel import cancel_order
from marketplace.orders.operations.fulfil import WrongFulfilmentStatus, mark_ready
from marketplace.orders.operations.hand_over import hand_over
from marketplace.orders.order_links import order_token
from tests.books import get_stock_snapshot
from tests.factories import make_order


def mark_ready_and_send(fulfilment, deliver_mail):
    with deliver_mail(execute=True):
        mark_ready(fulfilment=fulfilment, at=timezone.now())


def test_the_job_and_its_order_are_ready(fulfilment):
    now = timezone.now()

    mark_ready(fulfilment=fulfilment, at=now)

    fulfilment = Fulfilment.objects.select_related("order").get(pk=fulfilment.pk)
    assert (fulfilment.status, fulfilment.ready_at, fulfilment.order.status) == (
        "ready",
        now,
        "ready",
    )


def test_the_goods_stay_promised_on_the_shelf(fulfilment, tea_at_centre):
    before = get_stock_snapshot(tea_at_centre)

    mark_ready(fulfilment=fulfilment, at=timezone.now())

    assert get_stock_snapshot(tea_at_centre) == before


@pytest.mark.parametrize(
    ("language", "subject", "point", "product", "path"),
    [
        (
            "vi",
            "Đơn {} đã sẵn sàng",
            "Điểm bán centre",
            "Trà rừng Cù Lao Chàm",
            "/orders/",
        ),
        ("en", "Order {} is ready", "Point centre", "Forest tea", "/en/orders/"),
    ],
)
def test_the_buyer_is_told_in_the_language_of_the_order(
    centre,
    tea,
    tea_at_centre,
    mailoutbox,
    django_capture_on_commit_callbacks,
    language,
    subject,
    point,
    product,
    path,
):
    fulfilment = make_order({tea: 2}, point=centre, language=language).fulfilments.get()
    other = {"vi": "en", "en": "vi"}[language]

    with translation.override(other):  # the keeper's own
        mark_ready_and_send(fulfilment, django_capture_on_commit_callbacks)

    (letter,) = mailoutbox
    number = fulfilment.order.number
    assert letter.to == ["hannah@example.com"]
    assert letter.subject == subject.format(number)
    assert fulfilment.spaced_code in letter.body
    assert point in letter.body
    assert product in letter.body
    assert f"http://testserver{path}{number}/{order_token(number)}/" in letter.body


def test_a_letter_is_not_html(
    centre, tea, tea_at_centre, mailoutbox, django_capture_on_commit_callbacks
):
    order = make_order({tea: 1}, point=centre, name="Ngô & Con")

    mark_ready_and_send(order.fulfilments.get(), django_capture_on_commit_callbacks)

    (letter,) = mailoutbox
    assert "Ngô & Con" in letter.body


def test_a_buyer_without_address_gets_no_letter(
    centre, tea, tea_at_centre, mailoutbox, django_capture_on_commit_callbacks
):
    fulfilment = make_order({tea: 2}, point=centre, email="").fulfilments.get()

    mark_ready_and_send(fulfilment, django_capture_on_commit_callbacks)

    assert mailoutbox == []
    assert Fulfilment.objects.get(pk=fulfilment.pk).status == "ready"


def test_no_letter_leaves_before_the_transaction_stands(fulfilment, mailoutbox):
    mark_ready(fulfilment=fulfilment, at=timezone.now())

    assert mailoutbox == []


def test_a_mail_server_that_is_down_undoes_nothing(
    fulfilment, settings, django_capture_on_commit_callbacks, caplog
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody listens

    mark_ready_and_send(fulfilment, django_capture_on_commit_callbacks)

    assert Fulfilment.objects.get(pk=fulfilment.pk).status == "ready"
    assert fulfilment.order.number in caplog.text


def test_it_is_ready_once(fulfilment, mailoutbox, django_capture_on_commit_callbacks):
    mark_ready_and_send(fulfilment, django_capture_on_commit_callbacks)
    first = Fulfilment.objects.get(pk=fulfilment.pk).ready_at

    with pytest.raises(WrongFulfilmentStatus) as refusal:
        mark_ready_and_send(fulfilment, django_capture_on_commit_callbacks)

    assert refusal.value.fulfilment.status == "ready"
    assert Fulfilment.objects.get(pk=fulfilment.pk).ready_at == first
    assert len(mailoutbox) == 1


def test_what_was_handed_over_is_never_ready_again(fulfilment, mailoutbox, keeper):
    hand_over(
        fulfilment=fulfilment, code=fulfilment.code, actor=keeper, at=timezone.now()
    )

    with pytest.raises(WrongFulfilmentStatus):
        mark_ready(fulfilment=fulfilment, at=timezone.now())

    assert Fulfilment.objects.get(pk=fulfilment.pk).status == "handed_over"
    assert mailoutbox == []


def test_a_cancelled_job_is_not_packed(fulfilment):
    cancel_order(order=fulfilment.order, at=timezone.now())

    with pytest.raises(WrongFulfilmentStatus):
        mark_ready(fulfilment=fulfilment, at=timezone.now())

    assert Fulfilment.objects.get(pk=fulfilment.pk).status == "cancelled"


def test_an_order_in_two_parcels_is_ready_with_the_second(two_parcels):
    first, second = two_parcels
    order = first.order

    mark_ready(fulfilment=first, at=timezone.now())
    order.refresh_from_db()
    halfway = order.status
    mark_ready(fulfilment=second, at=timezone.now())

    order.refresh_from_db()
    assert (halfway, order.status) == ("confirmed", "ready")
