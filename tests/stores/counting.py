"""The addresses of a count, and a keeper who types what she found."""


def path_of(count, rest="", language="en"):
    prefix = "/en" if language == "en" else ""
    return f"{prefix}/desk/centre/counts/{count.pk}/{rest}"


def lot_path(count, record, language="en"):
    batch = record.lots.first().batch_id
    return path_of(count, f"lots/{batch}/", language)


def enter(desk, count, record, counted, seen="0", language="en"):
    said = {"counted": counted, "seen": seen}
    return desk.post(lot_path(count, record, language), said)
