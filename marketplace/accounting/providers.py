"""Providers of electronic invoices, chosen by the scheme of `INVOICE_URL`.

`settings.INVOICE_PROVIDERS` maps each scheme to a function with the signature of
`Provider`; another provider is another such function and a line there.
"""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.module_loading import import_string

Content = dict[str, Any]
"""What is on an invoice: plain text and whole dong."""


class NotIssued(Exception):
    """The provider refuses or does not answer; the office displays its text."""


class Provider(Protocol):
    def __call__(self, content: Content, *, address: SplitResult) -> str:
        """Issue it under its series and number; return the provider's name for it.

        Called again, it is the same invoice. Raises NotIssued, or OSError where the
        provider cannot be reached.
        """


def get_provider() -> Callable[[Content], str]:
    """The provider that `INVOICE_URL` names."""
    address = urlsplit(settings.INVOICE_URL)
    issue: Provider = import_string(settings.INVOICE_PROVIDERS[address.scheme])
    return partial(issue, address=address)


def issue_to_file(content: Content, *, address: SplitResult) -> str:
    """Write a JSON file into a folder, for a bookkeeper who enters it elsewhere.

    The file is whole or not there, and never written over another.
    """
    folder = Path(address.path)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{content['series']}-{content['number']:08}.json"
    text = json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    with TemporaryDirectory(dir=folder, prefix=".") as beside:
        whole = Path(beside) / file.name
        whole.write_text(text, encoding="utf-8")
        try:
            file.hardlink_to(whole)
        except FileExistsError:
            if file.read_text(encoding="utf-8") != text:
                raise NotIssued(f"{file.name} is another invoice") from None
    return file.name
