"""How often something may be tried that could be guessed."""

import datetime as dt
from hashlib import sha256

from django.core.cache import cache
from django.utils.translation import gettext_lazy

from catalogue.refusals import Refusal

PERIOD = dt.timedelta(minutes=10)


class TooManyAttempts(Refusal):
    status = 429
    message = gettext_lazy("That was tried too often. Try again in ten minutes.")


def count_attempt(*subjects: tuple[str, str, int]) -> list[str]:
    """Count an attempt for each subject: its kind, what it is, and the most allowed.

    Returns the keys, for `forget_attempt` once it has succeeded. Only hashes of what
    was tried are stored. In local memory each process counts its own.

    Raises TooManyAttempts within PERIOD of the first where one was tried too often.
    """
    keys = []
    is_allowed = True
    for kind, subject, most in subjects:
        key = f"attempts-{kind}-{sha256(subject.encode()).hexdigest()}"
        keys.append(key)
        cache.add(key, 0, PERIOD.total_seconds())
        try:
            is_allowed &= cache.incr(key) <= most
        except ValueError:  # its time was over in between
            cache.set(key, 1, PERIOD.total_seconds())
    if not is_allowed:
        raise TooManyAttempts
    return keys


def forget_attempt(keys: list[str]) -> None:
    """An attempt that succeeded does not count."""
    for key in keys:
        if cache.get(key):
            cache.decr(key)
