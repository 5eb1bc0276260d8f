"""Weight, requests and time of the pages, as a first visitor's browser sees them.

Run against a shop that is served already: python -m tests.bench.pages http://…
"""

import shutil
import statistics
import sys
import time
import urllib.request

from playwright.sync_api import CDPSession, sync_playwright

PAGES = [
    "/",
    "/en/",
    "/products/",
    "/en/products/?q=cinnamon",
    "/products/nuoc-mam-cua-khe-hai-hien/",
    "/districts/tien-phuoc/",
    "/sales-points/",
    "/sales-points/trung-tam-ocop-hoi-an/",
    "/stories/que-tra-my/",
    "/basket/",
]
RUNS = 20
PHONE = {"width": 390, "height": 844}


def weigh(session: CDPSession, open_page: object) -> dict[str, float]:
    """Kilobytes over the wire of one page, by kind, with an empty cache."""
    kinds: dict[str, str] = {}
    weights: dict[str, float] = {}
    session.on(
        "Network.responseReceived", lambda e: kinds.update({e["requestId"]: e["type"]})
    )

    def count(event: dict) -> None:
        kind = kinds.get(event["requestId"], "Other")
        weights[kind] = weights.get(kind, 0) + event["encodedDataLength"] / 1024

    session.on("Network.loadingFinished", count)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    open_page()
    return weights


def milliseconds(address: str) -> float:
    """The median time of the page alone, without a browser."""
    taken = []
    for _run in range(RUNS):
        began = time.perf_counter()
        with urllib.request.urlopen(address) as answer:  # noqa: S310  (our own shop)
            answer.read()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


def main(base: str) -> None:
    print("| page | all KB | HTML | CSS | script | pictures | ms | LCP ms | CLS |")
    print("|---|---|---|---|---|---|---|---|---|")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for path in PAGES:
            context = browser.new_context(
                viewport=PHONE, device_scale_factor=2, is_mobile=True
            )
            page = context.new_page()
            page.add_init_script(WATCH)
            weights = weigh(
                context.new_cdp_session(page),
                lambda page=page, path=path: page.goto(
                    base + path, wait_until="networkidle"
                ),
            )
            seen = page.evaluate("window.seen")
            context.close()
            row = [
                sum(weights.values()),
                *(weights.get(kind, 0) for kind in KINDS),
                milliseconds(base + path),
                seen["lcp"],
            ]
            print(f"| `{path}` |", " | ".join(f"{n:.0f}" for n in row), end="")
            print(f" | {seen['cls']:.3f} |")
        browser.close()


KINDS = ["Document", "Stylesheet", "Script", "Image"]
WATCH = """
window.seen = {lcp: 0, cls: 0};
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.seen.lcp = entry.startTime;
}).observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (!entry.hadRecentInput) window.seen.cls += entry.value;
  }
}).observe({type: "layout-shift", buffered: true});
"""

if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
