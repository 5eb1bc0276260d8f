from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest


def shell(request: HttpRequest) -> Mapping[str, object]:
    """What the frame of every page shows: a demonstration's notice, our address."""
    return {
        "demo_notice": settings.DEMO_NOTICE if settings.DEBUG else "",
        "base_url": settings.BASE_URL,
    }
