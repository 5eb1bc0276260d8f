"""The read API below /api/v1/, for programs; its description is at /api/openapi.json."""

from marketplace.api.site import api

__all__ = ["api"]
