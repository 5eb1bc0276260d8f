"""Vietnamese addresses, for a visitor who reads English."""

KINDS = {
    "phường": "{} ward",
    "xã": "{} commune",
    "thị trấn": "{} town",
    "thành phố": "{} city",
    "khối phố": "{} quarter",
    "đường": "{} street",
    "thôn": "hamlet {}",
    "tổ": "group {}",
    "quốc lộ": "National Road {}",
    "làng rau": "{} vegetable village",
    "làng": "{} village",
    "sảnh khách sạn": "in the lobby of the hotel",
    "sảnh khu nghỉ dưỡng": "in the lobby of the resort",
}


def in_english(address: str) -> str:
    """The same address with its common nouns in English; names keep their accents."""
    text = ", ".join(map(name_in_english, address.split(", ")))
    return text[:1].upper() + text[1:]


def name_in_english(name: str) -> str:
    for kind in sorted(KINDS, key=len, reverse=True):
        if name.lower().startswith(f"{kind} "):
            return KINDS[kind].format(name[len(kind) + 1 :])
    return name
