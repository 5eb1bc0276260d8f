"""The read API below /api/v1/, for programs; /api/openapi.json describes it."""

from marketplace.api.site import api

__all__ = ["api"]
