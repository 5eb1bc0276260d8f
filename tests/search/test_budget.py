"""A page of results costs a dozen queries at most, whatever the query."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import put_on_shelf

MAX_QUERIES = 12


@pytest.mark.parametrize(
    "query_string",
    [
        "",
        "q=que",
        "q=nuowcs+mawms",
        "q=bac+tra+my",
        "q=lantren&stars=3",
        "q=cinnamon+lantern",
        "q=que&district=bac-tra-my&point=centre&sort=price",
    ],
)
def test_products_page_takes_at_most_twelve_queries(
    client, market, centre, cinnamon, lantern, query_string
):
    for product in (cinnamon, lantern):
        put_on_shelf(centre, product, 2)
    client.get(f"/products/?{query_string}")  # words and synonyms are read once

    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"/products/?{query_string}").status_code == 200
    assert len(queries) <= MAX_QUERIES, [query["sql"][:90] for query in queries]


def test_suggestions_take_at_most_six_queries(client, market):
    client.get("/products/suggestions/?q=que")

    with CaptureQueriesContext(connection) as queries:
        client.get("/products/suggestions/?q=que")
    assert len(queries) <= 6
