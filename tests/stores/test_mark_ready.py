"""A packed job waits for its buyer, who is told in the order's language."""

import pytest
from django.utils import timezone, translation

from stores.models import Fulfilment
from stores.operations.cancel import cancel
from stores.operations.hand_over import hand_over
from stores.operations.mark_ready import NotInThatState, mark_ready
from stores.tokens import order_token
from tests.books import books_of
from tests.factories import make_order


def pack(job, deliver_mail):
    with deliver_mail(execute=True):
        mark_ready(fulfilment=job, at=timezone.now())


def test_the_job_and_its_order_are_ready(job):
    now = timezone.now()

    mark_ready(fulfilment=job, at=now)

    job = Fulfilment.objects.select_related("order").get(pk=job.pk)
    assert (job.status, job.ready_at, job.order.status) == ("ready", now, "ready")


def test_the_goods_stay_promised_on_the_shelf(job, tea_at_centre):
    before = books_of(tea_at_centre)

    mark_ready(fulfilment=job, at=timezone.now())

    assert books_of(tea_at_centre) == before


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
    job = make_order({tea: 2}, point=centre, language=language).fulfilments.get()
    other = {"vi": "en", "en": "vi"}[language]

    with translation.override(other):  # the keeper's own
        pack(job, django_capture_on_commit_callbacks)

    (letter,) = mailoutbox
    number = job.order.number
    assert letter.to == ["hannah@example.com"]
    assert letter.subject == subject.format(number)
    assert job.spaced_code in letter.body
    assert point in letter.body
    assert product in letter.body
    assert f"http://testserver{path}{number}/{order_token(number)}/" in letter.body


def test_a_letter_is_not_html(
    centre, tea, tea_at_centre, mailoutbox, django_capture_on_commit_callbacks
):
    order = make_order({tea: 1}, point=centre, name="Ngô & Con")

    pack(order.fulfilments.get(), django_capture_on_commit_callbacks)

    (letter,) = mailoutbox
    assert "Ngô & Con" in letter.body


def test_a_buyer_without_address_gets_no_letter(
    centre, tea, tea_at_centre, mailoutbox, django_capture_on_commit_callbacks
):
    job = make_order({tea: 2}, point=centre, email="").fulfilments.get()

    pack(job, django_capture_on_commit_callbacks)

    assert mailoutbox == []
    assert Fulfilment.objects.get(pk=job.pk).status == "ready"


def test_no_letter_leaves_before_the_transaction_stands(job, mailoutbox):
    mark_ready(fulfilment=job, at=timezone.now())

    assert mailoutbox == []


def test_a_mail_server_that_is_down_undoes_nothing(
    job, settings, django_capture_on_commit_callbacks, caplog
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody listens

    pack(job, django_capture_on_commit_callbacks)

    assert Fulfilment.objects.get(pk=job.pk).status == "ready"
    assert job.order.number in caplog.text


def test_it_is_ready_once(job, mailoutbox, django_capture_on_commit_callbacks):
    pack(job, django_capture_on_commit_callbacks)
    first = Fulfilment.objects.get(pk=job.pk).ready_at

    with pytest.raises(NotInThatState) as refusal:
        pack(job, django_capture_on_commit_callbacks)

    assert refusal.value.fulfilment.status == "ready"
    assert Fulfilment.objects.get(pk=job.pk).ready_at == first
    assert len(mailoutbox) == 1


def test_what_was_handed_over_is_never_ready_again(job, mailoutbox, keeper):
    hand_over(fulfilment=job, code=job.code, actor=keeper, at=timezone.now())

    with pytest.raises(NotInThatState):
        mark_ready(fulfilment=job, at=timezone.now())

    assert Fulfilment.objects.get(pk=job.pk).status == "handed_over"
    assert mailoutbox == []


def test_a_cancelled_job_is_not_packed(job):
    cancel(order=job.order, at=timezone.now())

    with pytest.raises(NotInThatState):
        mark_ready(fulfilment=job, at=timezone.now())

    assert Fulfilment.objects.get(pk=job.pk).status == "cancelled"


def test_an_order_in_two_parcels_is_ready_with_the_second(two_parcels):
    first, second = two_parcels
    order = first.order

    mark_ready(fulfilment=first, at=timezone.now())
    order.refresh_from_db()
    halfway = order.status
    mark_ready(fulfilment=second, at=timezone.now())

    order.refresh_from_db()
    assert (halfway, order.status) == ("confirmed", "ready")
