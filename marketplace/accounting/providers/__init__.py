"""Who issues electronic invoices: each file is a provider, named as its address begins.

`INVOICE_URL=file:///srv/ocop/invoices` is answered by `file.py`. Another provider is
another file with one function, an `Issue`, and nothing else has to be touched.
"""

from collections.abc import Callable
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol
from urllib.parse import SplitResult, urlsplit

Content = dict[str, Any]
"""What is on an invoice, as `content_of` writes it: plain text and whole dong."""


class NotIssued(Exception):
    """The provider refuses or does not answer; the office reads what is said here."""


class Issue(Protocol):
    def __call__(self, content: Content, *, address: SplitResult) -> str:
        """Issue it under its series and number, and say the provider's name for it.

        Told again, it is the same invoice. Raises NotIssued, or OSError where the
        provider cannot be reached.
        """


def known(text: str) -> str:
    """The address, if there is a provider of that kind."""
    parts = urlsplit(text)
    kind = parts.scheme
    is_known = kind.isidentifier() and find_spec(f"{__name__}.{kind}")
    if not is_known or not (parts.netloc or parts.path):
        raise ValueError(f"there is no provider of invoices for “{text}”")
    return text


def provider_at(address: str) -> Callable[[Content], str]:
    parts = urlsplit(address)
    issue: Issue = import_module(f"{__name__}.{parts.scheme}").issue
    return partial(issue, address=parts)
