"""VietQR payloads hold bank, account, amount and purpose, as published."""

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from qr_pay import decode, verify_checksum

from marketplace.payments.bank.matching import find_order_numbers, transfer_purpose
from marketplace.payments.emv import add_checksum, crc, field, vietqr
from marketplace.payments.models import Payment
from marketplace.payments.queries import get_transfer
from tests.marketplace.shopping import get_order_url

# NAPAS, Technical Specifications on QR Switching, part IV, 1.5.2: its examples, as
# public implementations repeat them. (Of the first, the paper prints another checksum
# than its own text has; all of them correct it to this.)
PUBLISHED_SAMPLES = (
    "00020101021138570010A00000072701270006970403011300110123456780208QRIBFTTA"
    "53037045802VN63049E6F",
    "00020101021138600010A00000072701300006970403011697040311012345670208QRIBFTTC"
    "53037045802VN63044F52",
    "00020101021238570010A00000072701270006970403011300110123456780208QRIBFTTA"
    "530370454061800005802VN62340107NPS68690819thanh toan don hang63042E2E",
    "00020101021238600010A00000072701300006970403011697040311012345670208QRIBFTTC"
    "530370454061800005802VN62340107NPS68690819thanh toan don hang6304A203",
)


def test_checksum_matches_published_check_value():
    assert crc("123456789") == "29B1"
    assert crc("") == "FFFF"


@pytest.mark.parametrize("payload", PUBLISHED_SAMPLES)
def test_checksum_matches_published_vietqr_samples(payload):
    assert add_checksum(payload[:-8]) == payload


def test_vietqr_payload_matches_published_sample():
    """The sample has a bill number beside the purpose; ours is the purpose alone."""
    ours = vietqr(
        bank="970403",
        account="0011012345678",
        amount_vnd=180_000,
        purpose="thanh toan don hang",
    )

    head, _, _ = PUBLISHED_SAMPLES[2].partition("6234")
    assert ours == add_checksum(head + "62230819thanh toan don hang")
    many_times = ours[:-8].replace("010212", "010211", 1)
    # As public implementations have it:
    assert add_checksum(many_times).endswith("63043E60")


def test_vietqr_payload_is_decoded_by_independent_reader():
    payload = vietqr(
        bank="970436",
        account="0123456789",
        amount_vnd=190_000,
        purpose=transfer_purpose("QN-1234567"),
    )

    decoded = decode(payload)  # refuses a wrong checksum

    assert {
        "payload_format_indicator": "01",
        "point_of_initiation_method": "12",
        "glocal_uuid": "A000000727",
        "bin_id": "970436",
        "consumer_id": "0123456789",
        "service_code": "QRIBFTTA",
        "transaction_currency": "704",
        "transaction_amount": "190000",
        "country_code": "VN",
        "purpose_of_transaction": "QN1234567",
    }.items() <= decoded.items()


@given(
    bank=st.from_regex(r"[0-9]{6}", fullmatch=True),
    account=st.from_regex(r"[0-9A-Za-z]{1,19}", fullmatch=True),
    amount=st.integers(1, 2**31 - 1),
    number=st.integers(0, 9_999_999),
)
def test_vietqr_payload_round_trips_any_values(bank, account, amount, number):
    purpose = transfer_purpose(f"QN-{number:07}")

    decoded = decode(
        vietqr(bank=bank, account=account, amount_vnd=amount, purpose=purpose)
    )

    assert (decoded["bin_id"], decoded["consumer_id"]) == (bank, account)
    assert decoded["transaction_amount"] == str(amount)
    assert decoded["purpose_of_transaction"] == purpose


def test_vietqr_checksum_detects_any_single_error():
    payload = vietqr(bank="970436", account="01", amount_vnd=5, purpose="QN1")

    assert verify_checksum(payload)
    for place in range(len(payload) - 8):
        other = "0" if payload[place] != "0" else "1"
        assert not verify_checksum(payload[:place] + other + payload[place + 1 :])


def test_vietqr_purpose_is_ascii_and_at_most_25_characters():
    decoded = decode(
        vietqr(
            bank="970436",
            account="01",
            amount_vnd=5,
            purpose="Đơn hàng QN-1234567, cảm ơn quý khách",
        )
    )

    assert decoded["purpose_of_transaction"] == "Don hang QN 1234567 cam o"


@pytest.mark.parametrize("amount", [0, -1])
def test_vietqr_refuses_amount_below_one(amount):
    with pytest.raises(ValueError):
        vietqr(bank="970436", account="01", amount_vnd=amount, purpose="QN1")


@pytest.mark.parametrize("value", ["", "x" * 100])
def test_emv_field_refuses_empty_or_oversized_value(value):
    with pytest.raises(ValueError, match="1 to 99"):
        field("00", value)


@pytest.mark.parametrize(
    "arrived",
    [
        "QN1234567",
        "qn1234567",
        "QN-1234567",
        "Qn 123 4567",
        "QN\n1234567",
        "QN.1234567",
        "MBVCB.4525077405.071803.QN1234567.CT tu 0351000646393 toi 231814973",
        "THANHTOANQN1234567",
        "QN1234567FT24319123456789",
        "QN1234567-251126-09:43:12 998877",
        "Thanh toán đơn QN1234567",
        "IBFT qn1234567 QN-1234567",
    ],
)
def test_find_order_numbers_in_bank_text(arrived):
    assert find_order_numbers(arrived) == ["QN-1234567"]


@pytest.mark.parametrize(
    "damaged", ["", "1234567", "QN123456", "ON1234567", "Q1234567", "tien hang", "QN"]
)
def test_find_order_numbers_ignores_damaged_numbers(damaged):
    assert find_order_numbers(damaged) == []


def test_find_order_numbers_returns_two_orders():
    assert find_order_numbers("QN1234567 va QN7654321") == ["QN-1234567", "QN-7654321"]


def test_order_page_shows_transfer_details_and_qr(client, unpaid, pending_transfer):
    page = BeautifulSoup(client.get(get_order_url(unpaid)).content, "html.parser")

    decoded = [field.get_text().replace("\xa0", " ") for field in page.select("dd")]
    assert decoded[:4] == [
        "Vietcombank",
        "0123456789",
        "190,000 ₫",
        transfer_purpose(unpaid.number),
    ]
    assert page.select_one(".transfer .qr svg")
    buttons = page.select(".pay [name=payment]")
    assert "vietqr" not in [button["value"] for button in buttons]


def test_transfer_details_show_remaining_amount(client, unpaid, pending_transfer):
    Payment.objects.update(paid_vnd=100_000)
    pending_transfer.refresh_from_db()

    assert get_transfer(pending_transfer).amount_vnd == 90_000


def test_transfer_details_without_bank_account_are_none(settings, pending_transfer):
    settings.VIETQR_BANK_BIN = settings.VIETQR_ACCOUNT = None

    assert get_transfer(pending_transfer) is None
