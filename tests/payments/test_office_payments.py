"""What managers see of money, and nobody else."""

import uuid

import pytest
from django.test import Client

from marketplace.orders.models import RefundDue
from marketplace.payments.models import Code, PaymentEvent, Refund
from marketplace.payments.operations.apply_fact import lapse_payment
from tests.marketplace.shopping import get_page_text, parse_page, translate
from tests.payments.stripe_events import (
    get_sums,
    make_dispute,
    make_event,
    make_paid_event,
    post_event,
)


@pytest.fixture
def recorded_refund(paid_payment, now):
    return Refund.objects.create(
        payment=paid_payment, amount_vnd=50_000, reason="broken", key="one", at=now
    )


@pytest.fixture
def addresses(paid_payment, recorded_refund):
    """Name of a screen to (method, address, form)."""
    office = "/en/office"
    form = {"amount_vnd": "10000", "reason": "broken", "key": str(uuid.uuid4())}
    return {
        "list": ("get", f"{office}/payments/", {}),
        "one": ("get", f"{office}/payments/{paid_payment.pk}/", {}),
        "refund": ("post", f"{office}/payments/{paid_payment.pk}/refund/", form),
        "came": ("post", f"{office}/payments/{paid_payment.pk}/came/", {}),
        "by hand": ("post", f"{office}/refunds/{recorded_refund.pk}/by-hand/", {}),
        "again": ("post", f"{office}/refunds/{recorded_refund.pk}/again/", {}),
    }


SCREENS = ("list", "one", "refund", "came", "by hand", "again")


def get_state(paid_payment):
    return get_sums(paid_payment), list(
        Refund.objects.values_list("state", "amount_vnd")
    )


@pytest.mark.parametrize("screen", SCREENS)
def test_office_payments_redirect_anonymous_to_sign_in(
    addresses, screen, paid_payment, stripe
):
    method, address, form = addresses[screen]
    before = get_state(paid_payment)

    response = getattr(Client(), method)(address, form)

    assert response.status_code == 302
    assert "/account/sign-in/" in response["Location"]
    assert get_state(paid_payment) == before


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("who", ["stranger", "keeper", "other_keeper"])
def test_office_payments_refuse_users_without_money_permission(
    addresses, screen, who, signed_in, request, paid_payment, stripe
):
    method, address, form = addresses[screen]
    before = get_state(paid_payment)

    response = getattr(signed_in(request.getfixturevalue(who)), method)(address, form)

    assert response.status_code == 403
    assert get_state(paid_payment) == before


@pytest.mark.parametrize("screen", SCREENS)
def test_office_payments_are_open_to_managers(
    addresses, screen, signed_in, manager, stripe
):
    method, address, form = addresses[screen]

    response = getattr(signed_in(manager), method)(address, form)

    assert response.status_code == (200 if method == "get" else 302)


@pytest.mark.parametrize("screen", ["refund", "came", "by hand", "again"])
def test_office_payment_actions_refuse_get(
    addresses, screen, signed_in, manager, paid_payment
):
    _method, address, _form = addresses[screen]
    before = get_state(paid_payment)

    assert signed_in(manager).get(address).status_code == 405
    assert get_state(paid_payment) == before


def test_office_payments_list_pending_review_first(
    signed_in, manager, pending, unpaid, paid_payment, now
):
    post_event(make_event("charge.dispute.created", make_dispute(paid_payment)))
    post_event(make_paid_event(pending, id="cs_2", amount_total=7))
    RefundDue.objects.create(order=unpaid, amount_vnd=1_000, reason="returned", at=now)

    page = get_page_text(signed_in(manager).get("/en/office/payments/"))

    assert "Money that waits for somebody" in page
    assert "fraudulent" in page
    assert "7 ₫ came, 190000 ₫ were asked for" in page
    assert "1,000 ₫" in page


def test_office_payments_list_takes_few_queries(
    signed_in, manager, paid_payment, django_assert_max_num_queries
):
    browser = signed_in(manager)
    with django_assert_max_num_queries(12):
        browser.get("/en/office/payments/")


def submit_refund(browser, paid_payment, **fields):
    form = {"amount_vnd": "", "reason": "broken", "key": str(uuid.uuid4())}
    return browser.post(f"/en/office/payments/{paid_payment.pk}/refund/", form | fields)


def test_refund_form_sent_twice_creates_one_refund(
    stripe, signed_in, manager, paid_payment
):
    key = str(uuid.uuid4())

    for _time in range(2):
        submit_refund(signed_in(manager), paid_payment, amount_vnd="50000", key=key)

    assert get_sums(paid_payment) == ("paid", 190_000, 50_000)
    assert Refund.objects.get().actor == manager


def test_refund_form_reused_with_other_amount_returns_409_and_new_key(
    stripe, signed_in, manager, paid_payment
):
    browser, key = signed_in(manager), str(uuid.uuid4())
    submit_refund(browser, paid_payment, amount_vnd="50000", key=key)

    refused = submit_refund(browser, paid_payment, amount_vnd="60000", key=key)

    assert refused.status_code == 409
    assert "used already, for a refund of 50,000 ₫." in get_page_text(refused)
    assert get_sums(paid_payment) == ("paid", 190_000, 50_000)
    fresh = parse_page(refused).select_one("input[name=key]")["value"]
    submit_refund(browser, paid_payment, amount_vnd="60000", key=fresh)
    assert get_sums(paid_payment) == ("paid", 190_000, 110_000)


def test_refund_form_refunds_selected_units(
    stripe, signed_in, manager, paid_payment, unpaid
):
    line = unpaid.lines.get()

    submit_refund(signed_in(manager), paid_payment, **{f"units_{line.pk}": "1"})

    assert get_sums(paid_payment) == ("paid", 190_000, 95_000)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 422),
        ({"amount_vnd": "0"}, 422),
        ({"amount_vnd": "-1"}, 422),
        ({"amount_vnd": "many"}, 422),
        ({"amount_vnd": "9" * 20}, 422),
        ({"amount_vnd": "1", "reason": ""}, 422),
        ({"amount_vnd": "1", "key": "mine"}, 422),
        ({"amount_vnd": "190001"}, 409),
    ],
)
def test_refund_form_refuses_invalid_input(
    stripe, signed_in, manager, paid_payment, fields, status
):
    response = submit_refund(signed_in(manager), paid_payment, **fields)

    assert response.status_code == status
    assert not Refund.objects.exists()
    assert stripe.refunds == {}
    assert parse_page(response).select_one(".errors, .wrong")


def test_refund_form_errors_are_in_vietnamese(signed_in, manager, paid_payment, unpaid):
    line = unpaid.lines.get()
    for wrong, sentence in (
        (
            {"key": "mine"},
            "This form did not arrive whole. Load the page again and fill it in.",
        ),
        ({f"units_{line.pk}": "3"}, "Choose how many of these go back."),
    ):
        form = {"amount_vnd": "1", "reason": "broken", "key": str(uuid.uuid4())}
        response = signed_in(manager).post(
            f"/office/payments/{paid_payment.pk}/refund/", form | wrong
        )

        assert response.status_code == 422
        assert translate(sentence, "vi") in get_page_text(response)
    assert not Refund.objects.exists()


def test_office_payment_page_shows_history(signed_in, manager, paid_payment):
    page = get_page_text(
        signed_in(manager).get(f"/en/office/payments/{paid_payment.pk}/")
    )

    assert "Money came" in page
    assert f"{paid_payment.reference}:paid" in page


def test_office_payment_page_of_unknown_payment_returns_404(signed_in, manager, db):
    assert signed_in(manager).get("/en/office/payments/99/").status_code == 404


def test_payment_events_are_append_only(paid_payment, db):
    from django.db import IntegrityError, transaction

    first = PaymentEvent.objects.filter(payment=paid_payment).first()
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentEvent.objects.filter(pk=first.pk).update(amount_vnd=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        first.delete()


def test_office_payment_page_separates_technical_references(
    signed_in, manager, paid_payment
):
    page = parse_page(signed_in(manager).get(f"/en/office/payments/{paid_payment.pk}/"))

    quiet = page.select_one("details:has(.references)").extract().text
    technical = [
        paid_payment.reference,
        *paid_payment.events.values_list("external_id", flat=True),
    ]
    assert technical
    assert all(reference in quiet for reference in technical)
    assert not any(reference in page.select_one("main").text for reference in technical)


@pytest.mark.parametrize(
    ("language", "owed", "over"),
    [("", "đã hủy", "Đơn đã kết thúc"), ("/en", "cancelled", "The order ended")],
)
def test_office_payment_page_explains_events_in_page_language(
    signed_in, manager, paid_payment, recorded_refund, now, language, owed, over
):
    Refund.objects.update(reason=RefundDue.Reason.CANCELLED)
    lapse_payment(payment=paid_payment, at=now, code=Code.ORDER_ENDED)

    page = get_page_text(
        signed_in(manager).get(f"{language}/office/payments/{paid_payment.pk}/")
    )

    assert owed in page
    assert over in page
