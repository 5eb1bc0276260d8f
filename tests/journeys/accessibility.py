"""What a page does wrong that its reader would feel before she could name it."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.journeys.conftest import DESKTOP, PHONE

WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")

SMALL_TARGETS = """() => {
  const controls = 'button, summary, select, textarea, input:not([type=hidden]), '
    + '.button, .chip, .more, .card, .tile, header a, nav a, footer a';
  const small = [];
  for (const control of document.querySelectorAll(controls)) {
    if (control.disabled || control.closest('[hidden], .leaflet-control')) continue;
    const target = control.closest('label') ?? control;
    if (!target.checkVisibility({ visibilityProperty: true })) continue;
    let { width, height } = target.getBoundingClientRect();
    if (width < 2 || height < 2) continue;
    if (width < 44 || height < 44) {
      // A pseudo-element may reach farther than the box: feel for it.
      target.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
      const box = target.getBoundingClientRect();
      const x = box.left + box.width / 2;
      const y = box.top + box.height / 2;
      const hit = (dx, dy) => {
        const there = document.elementFromPoint(x + dx, y + dy);
        return there && (target.contains(there) || there === target);
      };
      if (!hit(0, 0)) continue;
      const reach = (dx, dy) => {
        let far = 0;
        while (far < 22 && hit(dx * (far + 1), dy * (far + 1))) far += 1;
        return far;
      };
      width = Math.max(width, reach(-1, 0) + 1 + reach(1, 0));
      height = Math.max(height, reach(0, -1) + 1 + reach(0, 1));
    }
    if (width < 43.5 || height < 43.5) {
      const name = target.getAttribute('aria-label') ?? target.innerText ?? '';
      const kind = `${target.tagName.toLowerCase()}.${target.className || ''}`;
      small.push(`${kind} “${name.trim().slice(0, 30)}” `
        + `${Math.round(width)} x ${Math.round(height)}`);
    }
  }
  window.scrollTo(0, 0);
  return small;
}"""

TOO_WIDE = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  return [...document.body.querySelectorAll('*')]
    .filter((one) => one.getBoundingClientRect().right > wide + 1)
    .slice(0, 5)
    .map((one) => `${one.tagName.toLowerCase()}.${one.className}`);
}"""


def find_faults(page: Page) -> list[str]:
    """What the page, which is open on a phone, does wrong there and on a desk."""
    page.wait_for_load_state()  # its styles, too
    faults = find_accessibility_violations(page)
    faults += [f"small target: {one}" for one in page.evaluate(SMALL_TARGETS)]
    faults += [f"too wide for a phone: {one}" for one in page.evaluate(TOO_WIDE)]
    page.set_viewport_size(dict(DESKTOP))
    faults += [f"too wide for a desk: {one}" for one in page.evaluate(TOO_WIDE)]
    page.set_viewport_size(dict(PHONE))
    return [f"{page.url}: {fault}" for fault in faults]


def find_accessibility_violations(page: Page) -> list[str]:
    """Violations of WCAG 2.2 AA that axe finds."""
    found = Axe().run(page, options={"runOnly": WCAG}).response["violations"]
    return [
        f"{one['id']} at {node['html'][:120]}" for one in found for node in one["nodes"]
    ]
