"""Invoices as JSON files in a folder, for a bookkeeper who enters them elsewhere."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import SplitResult

from marketplace.accounting.providers import Content, NotIssued


def issue(content: Content, *, address: SplitResult) -> str:
    """Write a file that is whole or not there, and never over another."""
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
