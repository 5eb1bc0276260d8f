"""What a VietQR code says: objects of identifier, length and value, and a checksum.

Source: EMVCo, Merchant-Presented QR Code Specification 1.1; NAPAS, Technical
Specifications on QR Switching, part IV, 1.5.2 (January 2021). Knows nothing of orders.
"""

from catalogue.text import fold

NAPAS = "A000000727"
TO_AN_ACCOUNT = "QRIBFTTA"
FOR_ONE_PAYMENT = "12"
DONG = "704"
LONGEST_PURPOSE = 25


class TooLong(ValueError):
    """A value has to have 1 to 99 characters."""


def field(identifier: str, value: str) -> str:
    if not 1 <= len(value) <= 99:
        raise TooLong(identifier)
    return f"{identifier}{len(value):02}{value}"


def crc(text: str) -> str:
    """CRC-16/CCITT-FALSE as four upper-case hex digits.

    >>> crc("123456789")
    '29B1'
    """
    register = 0xFFFF
    for byte in text.encode("ascii"):
        register ^= byte << 8
        for _bit in range(8):
            register <<= 1
            if register & 0x10000:
                register ^= 0x11021
    return f"{register:04X}"


def sealed(fields: str) -> str:
    """The fields with their checksum, which covers its own identifier and length."""
    return f"{fields}6304{crc(f'{fields}6304')}"


def vietqr(*, bank: str, account: str, amount_vnd: int, purpose: str) -> str:
    """The payload of one transfer of whole dong to an account.

    `bank` is its six digits at NAPAS. Banks take plain letters, digits and blanks in a
    purpose, so others are left out of it.
    """
    if amount_vnd < 1:
        raise ValueError(f"{amount_vnd} ₫ cannot be asked for")
    plain = "".join(sign if sign.isalnum() else " " for sign in bare(purpose))
    beneficiary = field("00", bank) + field("01", account)
    transfer = (
        field("00", NAPAS) + field("01", beneficiary) + field("02", TO_AN_ACCOUNT)
    )
    return sealed(
        field("00", "01")
        + field("01", FOR_ONE_PAYMENT)
        + field("38", transfer)
        + field("53", DONG)
        + field("54", str(amount_vnd))
        + field("58", "VN")
        + field("62", field("08", " ".join(plain.split())[:LONGEST_PURPOSE].strip()))
    )


def bare(text: str) -> str:
    """ASCII without accents, in the case it had."""
    folded = (
        fold(sign).upper() if sign.isupper() else fold(sign) for sign in text.strip()
    )
    return "".join(folded).encode("ascii", "ignore").decode()
