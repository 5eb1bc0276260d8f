"""The addresses of a count, and a keeper who types what they found."""


def get_count_url(count, rest="", language="en"):
    prefix = "/en" if language == "en" else ""
    return f"{prefix}/desk/centre/counts/{count.pk}/{rest}"


def get_count_lot_url(count, record, language="en"):
    batch = record.lots.first().batch_id
    return get_count_url(count, f"lots/{batch}/", language)


def submit_count(desk, count, record, counted, seen="0", language="en"):
    data = {"counted": counted, "seen": seen}
    return desk.post(get_count_lot_url(count, record, language), data)
