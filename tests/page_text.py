"""Reading a page as its visitor does."""

import html
import re

from django.http import HttpResponse


def get_page_text(response: HttpResponse) -> str:
    """The words of a page, tags left out, each run of white space as one space."""
    page = re.sub(
        r"<(script|style)\b.*?</\1>", " ", response.content.decode(), flags=re.S
    )
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())
