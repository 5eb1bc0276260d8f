"""What a server runs: the shop, reading every request as UTF-8."""

import os
from typing import Any

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")


class Utf8Request(WSGIRequest):
    """Its text is UTF-8, whatever character set its Content-Type names.

    Django would decode with it before any middleware runs, and fail where it is none
    of text (base64, idna). `middleware.only_utf8` refuses the request.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        self.content_type, self.content_params = parse_header_parameters(
            meta.get("CONTENT_TYPE", "")
        )


class Application(WSGIHandler):
    request_class = Utf8Request


django.setup(set_prefix=False)
application = Application()
