"""What a first visit costs a phone, over the wire."""

from collections import Counter

import pytest
from playwright.sync_api import Page

KB = 1024
SHIFTS = """() => new Promise((done) => {
  new PerformanceObserver((list) => {
    const unasked = list.getEntries().filter((shift) => !shift.hadRecentInput);
    done(unasked.reduce((sum, shift) => sum + shift.value, 0));
  }).observe({ type: 'layout-shift', buffered: true });
  setTimeout(() => done(0), 300);  // no shift, no call
})"""


def weigh(page: Page, path: str) -> Counter[str]:
    """Bytes by kind of what the browser fetches with nothing kept from before."""
    session = page.context.new_cdp_session(page)
    kinds: dict[str, str] = {}
    weight: Counter[str] = Counter()
    session.on(
        "Network.responseReceived",
        lambda event: kinds.update({event["requestId"]: event["type"]}),
    )
    session.on(
        "Network.loadingFinished",
        lambda event: weight.update(
            {kinds.get(event["requestId"], "Other"): int(event["encodedDataLength"])}
        ),
    )
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.goto(path, wait_until="networkidle")
    assert weight["Document"], "nothing was weighed"
    return weight


@pytest.mark.parametrize("base", ["", "/en"], ids=["vi", "en"])
@pytest.mark.parametrize(
    ("path", "limit_kb"), [("/", 400), ("/products/que-vo-tra-my/", 350)]
)
def test_first_visit_stays_within_weight_budget(phone, base, path, limit_kb):
    weight = weigh(phone, base + path)

    assert weight.total() <= limit_kb * KB, weight
    assert weight["Script"] <= 60 * KB, weight


@pytest.mark.parametrize(
    "path", ["/", "/products/", "/products/que-vo-tra-my/", "/sales-points/"]
)
def test_page_load_causes_no_layout_shift(phone, path):
    phone.goto(path, wait_until="networkidle")
    phone.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    phone.wait_for_load_state("networkidle")

    assert phone.evaluate(SHIFTS) <= 0.02
