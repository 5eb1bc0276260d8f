"""Where managers match transfers, and nobody else."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from marketplace.payments.bank.matching import transfer_purpose
from marketplace.payments.models import BANK_CODES, Code, PaymentEvent
from marketplace.payments.operations.record_bank_credit import record_bank_credit
from tests.marketplace.shopping import get_page_text, parse_page, translate
from tests.payments.bank_credits import make_bank_credit, record_transfer
from tests.payments.stripe_events import get_sums

SCREENS = ("all", "statement", "upload", "match", "dismiss")


@pytest.fixture
def unmatched(pending_transfer):
    """Somebody transferred 190.000 ₫ and wrote nothing of use."""
    return record_transfer(190_000, "chuyen tien tra rung", "FT7")


@pytest.fixture
def addresses(unmatched, unpaid):
    """Name of a screen to (method, address, form)."""
    office = "/en/office/transfers"
    form = {"order": unpaid.number, "reason": "the buyer called"}
    file = SimpleUploadedFile("x.csv", b"Date,Credit,Details\n25/11/2026,5,x")
    return {
        "all": ("get", f"{office}/", {}),
        "statement": ("get", f"{office}/statement/", {}),
        "upload": ("post", f"{office}/statement/", {"file": file}),
        "match": ("post", f"{office}/{unmatched.pk}/match/", form),
        "dismiss": ("post", f"{office}/{unmatched.pk}/dismiss/", form),
    }


def get_state(payment):
    return get_sums(payment), PaymentEvent.objects.count()


@pytest.mark.parametrize("screen", SCREENS)
def test_office_transfers_redirect_anonymous_to_sign_in(
    addresses, screen, pending_transfer
):
    method, address, form = addresses[screen]
    before = get_state(pending_transfer)

    response = getattr(Client(), method)(address, form)

    assert response.status_code == 302
    assert "/account/sign-in/" in response["Location"]
    assert get_state(pending_transfer) == before


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("who", ["stranger", "keeper", "other_keeper"])
def test_office_transfers_refuse_users_without_money_permission(
    addresses, screen, who, signed_in, request, pending_transfer
):
    method, address, form = addresses[screen]
    before = get_state(pending_transfer)

    response = getattr(signed_in(request.getfixturevalue(who)), method)(address, form)

    assert response.status_code == 403
    assert get_state(pending_transfer) == before


@pytest.mark.parametrize("screen", SCREENS)
def test_office_transfers_are_open_to_managers(addresses, screen, signed_in, manager):
    method, address, form = addresses[screen]

    response = getattr(signed_in(manager), method)(address, form)

    assert response.status_code == (302 if screen in ("match", "dismiss") else 200)


@pytest.mark.parametrize("screen", ["match", "dismiss"])
def test_office_transfer_actions_refuse_get(
    addresses, screen, signed_in, manager, pending_transfer
):
    before = get_state(pending_transfer)

    assert signed_in(manager).get(addresses[screen][1]).status_code == 405
    assert get_state(pending_transfer) == before


@pytest.fixture
def office(signed_in, manager):
    return signed_in(manager)


@pytest.mark.parametrize("base", ["", "/en"])
def test_office_transfers_list_everything_to_review(
    office, unmatched, pending_transfer, unpaid, base
):
    record_transfer(100_000, transfer_purpose(unpaid.number))
    language = "en" if base else "vi"

    page = get_page_text(office.get(f"{base}/office/transfers/"))

    assert translate("Whose money is it?", language) in page
    assert "“chuyen tien tra rung”" in page
    assert translate("Not what was asked for", language) in page
    assert translate("too little", language) in page.lower()
    assert page.count(unpaid.number) >= 2


def test_office_transfers_suggest_orders_with_same_amount(office, unmatched, unpaid):
    page = get_page_text(office.get("/en/office/transfers/"))

    assert f"Just as much was asked for {unpaid.number}." in page


def test_office_transfers_confirm_when_all_is_matched(office, pending_transfer, unpaid):
    record_transfer(190_000, transfer_purpose(unpaid.number))

    page = get_page_text(office.get("/en/office/transfers/"))

    assert "Every transfer is matched" in page
    assert "Exactly what was asked for" in page


@pytest.mark.parametrize("case", BANK_CODES)
def test_office_transfers_filter_by_case(office, unmatched, case):
    page = parse_page(office.get("/en/office/transfers/", {"case": case}))

    with override("en"):
        label = str(Code(case).label)
    assert page.select_one(".chip.chosen").get_text(strip=True).lower() == label.lower()
    amounts = page.select("[aria-labelledby=all] .office-rows li b")
    assert len(amounts) == (1 if case == "unknown_order" else 0)


def test_office_payments_count_transfers_to_match(office, unmatched):
    assert "1 transfer to be matched" in get_page_text(
        office.get("/en/office/payments/")
    )


@pytest.mark.parametrize("shape", [" {} ", "qn {}", "QN{}", "{}", "QN-{} ạ"])
def test_match_transfer_accepts_order_number_in_any_format(
    office, unmatched, unpaid, pending_transfer, shape
):
    number = shape.format(unpaid.number.removeprefix("QN-"))

    office.post(
        f"/en/office/transfers/{unmatched.pk}/match/", {"order": number, "reason": "x"}
    )

    assert get_sums(pending_transfer) == ("paid", 190_000, 0)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"order": "QN-0000000", "reason": "x"}, "There is no order of this number."),
        ({"order": "\x00", "reason": "x"}, None),
        ({"order": "9" * 41, "reason": "x"}, "An order number looks like QN-1234567."),
        ({"order": "QN-{}0", "reason": "x"}, "There is no order of this number."),
        ({"order": "{} 1234567", "reason": "x"}, "There is no order of this number."),
        ({"order": "", "reason": "x"}, "An order number looks like QN-1234567."),
        ({"order": "QN-0000000", "reason": " "}, "Write how you know."),
        (
            {"order": "QN-0000000", "reason": "x" * 201},
            "Write 200 characters at most.",
        ),
    ],
    ids=range(8),
)
def test_match_transfer_refuses_wrong_number_or_missing_reason(
    office, unmatched, unpaid, pending_transfer, form, sentence, language
):
    own = unpaid.number.removeprefix("QN-")
    form = form | {"order": form["order"].replace("{}", own)}
    before = get_state(pending_transfer)
    base = "" if language == "vi" else "/en"

    response = office.post(f"{base}/office/transfers/{unmatched.pk}/match/", form)

    assert response.status_code == 422
    errors = parse_page(response).select(f"#transfer-{unmatched.pk} .wrong")
    assert errors
    if sentence:
        assert translate(sentence, language) in " ".join(
            one.get_text() for one in errors
        )
    assert get_state(pending_transfer) == before


def test_match_transfer_twice_names_first_decision(
    office, unmatched, unpaid, pending_transfer
):
    address = f"/en/office/transfers/{unmatched.pk}"
    form = {"order": unpaid.number, "reason": "x"}
    office.post(f"{address}/match/", form)
    before = get_state(pending_transfer)

    for verb in ("match", "dismiss"):
        page = office.post(f"{address}/{verb}/", form, follow=True)
        assert "Somebody has said already whose money it is." in get_page_text(page)
    assert get_state(pending_transfer) == before


def test_match_transfer_of_applied_or_unknown_event_returns_404(
    office, unmatched, unpaid, pending_transfer
):
    paid = record_transfer(190_000, transfer_purpose(unpaid.number))
    form = {"order": unpaid.number, "reason": "x"}

    for pk in (paid.pk, 10**9):
        response = office.post(f"/en/office/transfers/{pk}/match/", form)
        assert response.status_code == 404


def test_office_payment_page_shows_reason_of_match(office, unmatched, unpaid):
    page = office.post(
        f"/office/transfers/{unmatched.pk}/match/",
        {"order": unpaid.number, "reason": "chị ấy gọi điện"},
        follow=True,
    )

    assert "Đúng số tiền cần trả · chị ấy gọi điện" in get_page_text(page)
    assert "“chuyen tien tra rung”" in get_page_text(page)


def test_office_transfers_query_count_is_independent_of_rows(
    office, unmatched, unpaid, django_assert_max_num_queries
):
    for number in range(20):
        record_transfer(1_000 + number, transfer_purpose(unpaid.number))
        record_transfer(1_000 + number)

    with django_assert_max_num_queries(16):
        office.get("/en/office/transfers/")


@pytest.mark.parametrize(("hour", "has_hour"), [("00:00", False), ("09:30", True)])
def test_transfer_time_is_displayed_only_when_known(
    office, pending_transfer, hour, has_hour
):
    at = timezone.make_aware(dt.datetime.fromisoformat(f"2026-03-02T{hour}"))
    for amount_vnd, purpose in ((190_000, pending_transfer.reference), (5_000, "tien")):
        record_bank_credit(
            credit=make_bank_credit(amount_vnd, purpose, at=at), at=timezone.now()
        )

    payment = f"/en/office/payments/{pending_transfer.pk}/"
    for address in ("/en/office/transfers/", payment):
        words = get_page_text(office.get(address))
        assert "2 Mar 2026" in words
        assert (f"{hour} 2 Mar 2026" in words) is has_hour
