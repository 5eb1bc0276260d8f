"""The payload of a VietQR code: objects of identifier, length and value, checksummed.

Source: EMVCo, Merchant-Presented QR Code Specification 1.1; NAPAS, Technical
Specifications on QR Switching, part IV, 1.5.2 (January 2021).
"""

from binascii import crc_hqx

from catalogue.text import fold

NAPAS = "A000000727"
TO_AN_ACCOUNT = "QRIBFTTA"
FOR_ONE_PAYMENT = "12"
DONG = "704"
LONGEST_PURPOSE = 25


def field(identifier: str, value: str) -> str:
    if not 1 <= len(value) <= 99:
        raise ValueError(f"Field {identifier} takes 1 to 99 characters.")
    return f"{identifier}{len(value):02}{value}"


def crc(text: str) -> str:
    """Return the CRC-16/CCITT-FALSE as four upper-case hex digits.

    >>> crc("123456789")
    '29B1'
    """
    return f"{crc_hqx(text.encode('ascii'), 0xFFFF):04X}"


def add_checksum(fields: str) -> str:
    """Append the checksum, which covers its own identifier and length."""
    return f"{fields}6304{crc(f'{fields}6304')}"


def vietqr(*, bank: str, account: str, amount_vnd: int, purpose: str) -> str:
    """The payload of one transfer of whole dong to an account.

    `bank` is its six digits at NAPAS. Banks take plain letters, digits and blanks in a
    purpose, so others are left out of it.
    """
    if amount_vnd < 1:
        raise ValueError(f"{amount_vnd} ₫ cannot be requested")
    plain = "".join(sign if sign.isalnum() else " " for sign in to_ascii(purpose))
    beneficiary = field("00", bank) + field("01", account)
    transfer = (
        field("00", NAPAS) + field("01", beneficiary) + field("02", TO_AN_ACCOUNT)
    )
    return add_checksum(
        field("00", "01")
        + field("01", FOR_ONE_PAYMENT)
        + field("38", transfer)
        + field("53", DONG)
        + field("54", str(amount_vnd))
        + field("58", "VN")
        + field("62", field("08", " ".join(plain.split())[:LONGEST_PURPOSE].strip()))
    )


def to_ascii(text: str) -> str:
    """Return ASCII letters without accents, in their case."""
    folded = (
        fold(sign).upper() if sign.isupper() else fold(sign) for sign in text.strip()
    )
    return "".join(folded).encode("ascii", "ignore").decode()
