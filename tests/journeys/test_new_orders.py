"""A keeper sees new orders without reloading the page."""

import pytest
from playwright.sync_api import expect

from tests.journeys.test_pickup import place_order

LANGUAGES = pytest.mark.parametrize("base", ["", "/en"], ids=["vi", "en"])


@LANGUAGES
def test_new_order_appears_on_jobs_page_and_on_badge_of_other_tab(
    visitor, signed_in, base
):
    jobs = signed_in("hoi-an", f"{base}/desk/")
    shelf = signed_in("hoi-an", f"{base}/desk/")
    shelf.goto(f"{base}/desk/trung-tam-ocop-hoi-an/shelf/")
    before = shelf.locator("#job-count").inner_text()
    hannah = visitor()
    hannah.goto("/en/products/bot-que-tra-my-minh-phuc/")
    jobs.evaluate("window.loadedOnce = true")

    place_order(hannah, script=True)

    number = hannah.url.split("/orders/")[1].split("/")[0]
    article = jobs.locator("#jobs article.job", has_text=number)
    expect(article).to_be_visible(timeout=30_000)
    assert jobs.evaluate("window.loadedOnce")
    expect(shelf.locator("#job-count")).not_to_have_text(before, timeout=30_000)
