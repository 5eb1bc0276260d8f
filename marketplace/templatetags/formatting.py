"""Template filters that format numbers, names, days and hours in both languages."""

import datetime as dt
import re

from django import template
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format, localize, number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from catalogue.money import NO_BREAK_SPACE, format_dong
from catalogue.phones import format_phone, phone_url
from catalogue.text import fold
from stores.models import WEEKDAYS as HOURS_WEEKDAYS

register = template.Library()

THREE_WORD_NAMES = {"Cù Lao Chàm", "Hồ Chí Minh", "Nam Trà My", "Bắc Trà My"}


register.filter("dong", format_dong)
register.filter("phone", format_phone)
register.filter("phone_url", phone_url)


@register.filter
def dong_number(amount: int) -> str:
    """An amount without its sign, for a field that has the sign beside it."""
    return number_format(int(amount), use_l10n=True, force_grouping=True)


@register.filter
def nonbreaking(name: object) -> str:
    """A name that stays on one line."""
    return str(name).replace(" ", NO_BREAK_SPACE)


@register.filter
def nonbreaking_names(text: object) -> str:
    """A title whose proper names do not break over lines: Cửa Khe, Hai Hiền."""
    runs: list[list[str]] = []
    for word in str(text).replace(" - ", f"{NO_BREAK_SPACE}– ").split(" "):
        is_open = runs and runs[-1][-1][:1].isupper() and runs[-1][-1][-1:].isalpha()
        if is_open and word[:1].isupper():
            runs[-1].append(word)
        else:
            runs.append([word])
    return " ".join(
        NO_BREAK_SPACE.join(name) for run in runs for name in split_names(run)
    )


def split_names(run: list[str]) -> list[list[str]]:
    """A run of capitalised words by twos and threes, so that a long one breaks."""
    if len(run) <= 3:
        return [run]
    size = 3 if " ".join(run[:3]) in THREE_WORD_NAMES else 2
    return [run[:size], *split_names(run[size:])]


SYLLABLE = re.compile(
    r"(?:b|ch?|d|gh?|gi|h|kh?|l|m|ngh?|nh?|ph?|qu|r|s|th?|tr|v|x)?"
    r"(?:a[iouy]?|eo?|eu|i|ia|ieu?|iu|o[aei]?|oa[iy]|oeo|u[aeiouy]?|uo[iu]|uay|uye?|uyu"
    r"|uya|ye?|yeu)(?:ch|c|m|ng|nh|n|p|t)?"
)
"""What a word of Vietnamese is, without its accents."""


def language_runs(text: str) -> list[tuple[str, bool]]:
    """The text by runs, each with whether it is Vietnamese on a page in English.

    Vietnamese are capitalised or accented words beside each other that can be
    syllables of it, if at least one has an accent: the Trà My of "Cinnamon of Trà My".
    """
    if get_language() == "vi" or text.isascii():
        return [(text, False)]
    runs: list[list[str]] = [[]]
    tokens = re.split(r"([^\w]+)", text)
    syllables = [is_syllable(token) for token in tokens]
    for index, token in enumerate(tokens):
        is_gap = index % 2 and token.isspace() and syllables[index - 1]
        is_inside = syllables[index] or (is_gap and syllables[index + 1])
        if is_inside != bool(len(runs) % 2 == 0):
            runs.append([])
        runs[-1].append(token)
    found = [("".join(run), bool(index % 2)) for index, run in enumerate(runs)]
    return [(run, inside and not run.isascii()) for run, inside in found if run]


def is_syllable(word: str) -> bool:
    is_name = not word.isascii() or word[:1].isupper()
    return is_name and bool(SYLLABLE.fullmatch(fold(word)))


@register.filter
def vi(name: object) -> str:
    """A name that is Vietnamese in every language, as that of a district."""
    if get_language() == "vi" or not name:
        return str(name)
    return format_html('<span lang="vi">{}</span>', name)


@register.filter
def mark_vi(text: object) -> SafeString:
    """A name that is translated, with what stayed Vietnamese in it marked as such.

    It stays one element, so that a flex row does not part its words.
    """
    runs = language_runs(str(text))
    marked = format_html_join("", "{}", ((vi(run) if v else run,) for run, v in runs))
    return marked if len(runs) == 1 else format_html("<span>{}</span>", marked)


@register.filter
def in_sentence(title: str) -> str:
    """A point's title inside a sentence: Vietnamese begins it with a common noun."""
    return title[:1].lower() + title[1:] if get_language() == "vi" else title


@register.filter
def km(distance: float) -> str:
    """A distance in kilometres, rounded: 600 m, 1,6 km, 39 km."""
    if distance < 0.05:
        return _("right here")
    if distance < 0.95:
        return f"{round(distance * 1000, -2):.0f}{NO_BREAK_SPACE}m"
    digits = 1 if distance < 10 else 0
    return f"{number_format(distance, digits)}{NO_BREAK_SPACE}km"


@register.filter
def hour(moment: dt.time | dt.datetime) -> str:
    if isinstance(moment, dt.datetime):
        moment = timezone.localtime(moment)
    return f"{moment:%H:%M}"


@register.filter
def weekday_name(day: str) -> str:
    """The name of a weekday from its key in a point's opening hours, mon to sun."""
    return capfirst(WEEKDAYS[HOURS_WEEKDAYS.index(day)])


@register.filter
def minutes(span: dt.timedelta) -> int:
    """A span of time in whole minutes."""
    return int(span.total_seconds() // 60)


@register.filter
def short_datetime(when: dt.datetime) -> str:
    """An hour, with its day where that is not today: 07:30, 07:30 mai."""
    local, today = timezone.localtime(when), timezone.localdate()
    days = (local.date() - today).days
    if days == 0:
        return f"{local:%H:%M}"
    if days == 1:
        return _("%s tomorrow") % f"{local:%H:%M}"
    return f"{local:%H:%M} {localize(local.date())}"


@register.filter
def bank_datetime(when: dt.datetime) -> str:
    """A moment of a bank: only the day where midnight stands for no hour."""
    local = timezone.localtime(when)
    is_day = local.time() == dt.time.min
    return localize(local.date()) if is_day else short_datetime(when)


@register.filter
def shelf_life(days: int) -> str:
    """Shelf life from making; in months where the maker counts in months."""
    months = days * 12 / 365 if days % 365 == 0 else days / 30
    if days < 60 or months != int(months):
        text = ngettext("%(days)s day from making", "%(days)s days from making", days)
        return text % {"days": number_format(days, force_grouping=True)}
    text = ngettext(
        "%(months)s month from making", "%(months)s months from making", int(months)
    )
    return text % {"months": int(months)}


@register.simple_tag
def date_range(first: dt.date, last: dt.date) -> str:
    """First to last day: 11 – 13/12/2026, 11 – 13 Dec 2026."""
    end = date_format(last)
    if first == last:
        return end
    if (first.year, first.month) == (last.year, last.month):
        pattern = "d" if get_language() == "vi" else "j"
        start = date_format(first, pattern)
        return f"{start}{NO_BREAK_SPACE}– {nonbreaking(end)}"
    is_same_year = first.year == last.year
    start = date_format(first, "MONTH_DAY_FORMAT" if is_same_year else "DATE_FORMAT")
    return f"{nonbreaking(start)}{NO_BREAK_SPACE}– {nonbreaking(end)}"
