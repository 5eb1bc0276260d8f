"""Who issues electronic invoices: each file is a provider.

`INVOICE_URL=file:///srv/ocop/invoices` is answered by `file.py`. Another provider is
another file with one function, an `Issue`, and a line in settings.INVOICE_PROVIDERS.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.module_loading import import_string

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


def provider_at(address: str) -> Callable[[Content], str]:
    parts = urlsplit(address)
    issue: Issue = import_string(settings.INVOICE_PROVIDERS[parts.scheme])
    return partial(issue, address=parts)
