"""What the index holds, and what it should hold."""

from typing import Any

from search.elasticsearch import ALIAS, delivery_client
from search.index import build_documents, format_document_id
from search.models import SearchEntry

Documents = dict[str, dict[str, Any]]
"""Document id to document."""


def refresh_index() -> None:
    """Make what was delivered searchable now; the cluster does so every second."""
    delivery_client().indices.refresh(index=ALIAS)


def fetch_documents() -> Documents:
    """All that the index holds."""
    documents: Documents = {}
    after: list[Any] | None = None
    while True:
        hits = (
            delivery_client()
            .search(
                index=ALIAS,
                size=1_000,
                sort=[{"kind": "asc"}, {"object_id": "asc"}],
                search_after=after,
            )
            .body["hits"]["hits"]
        )
        if not hits:
            return documents
        documents |= {hit["_id"]: hit["_source"] for hit in hits}
        after = hits[-1]["sort"]


def build_expected_documents() -> Documents:
    """What the rows make now."""
    keys = set(SearchEntry.objects.values_list("kind", "object_id"))
    return {
        format_document_id(key): document
        for key, document in build_documents(keys).items()
    }
