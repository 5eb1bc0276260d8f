// Small comforts of the shop. Every page works without them.

/** Steppers: the plus and minus beside a quantity. */
function wireSteppers(root) {
  for (const stepper of root.querySelectorAll("[data-stepper]:not([data-wired])")) {
    stepper.dataset.wired = "";
    const input = stepper.querySelector("input");
    for (const button of stepper.querySelectorAll("[data-step]")) {
      button.hidden = false;
      button.addEventListener("click", () => {
        const next = Number(input.value || 0) + Number(button.dataset.step);
        const value = Math.min(Number(input.max), Math.max(Number(input.min), next));
        if (String(value) === input.value) return;
        input.value = value;
        input.dispatchEvent(new Event("change", { bubbles: true }));
      });
    }
  }
}

/** The bar that follows a phone's reader once the page's own button has left the view. */
function wireBuyBar() {
  const bar = document.querySelector("[data-buy-bar]");
  const form = bar && document.getElementById(bar.dataset.buyBar);
  if (!form) return;
  new IntersectionObserver(([entry]) => {
    bar.classList.toggle("is-visible", !entry.isIntersecting);
  }).observe(form);
}

/** The sheet of facets on a phone; without script it opens by its address (#filter). */
function wireSheet() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open-sheet]");
    const closer = event.target.closest("[data-close-sheet]");
    if (!opener && !closer) return;
    event.preventDefault();
    document.body.classList.toggle("sheet-open", Boolean(opener));
    const next = opener ? "#filter a" : "[data-open-sheet]";
    document.querySelector(next)?.focus({ preventScroll: true });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (document.body.classList.contains("sheet-open")) {
      document.body.classList.remove("sheet-open");
      document.querySelector("[data-open-sheet]")?.focus({ preventScroll: true });
    }
    for (const open of document.querySelectorAll(".menu[open], .sorting[open]")) {
      open.open = false;
    }
  });
}

/** Messages about the basket cover a phone's page until they are dismissed. */
function wireDismissals() {
  document.addEventListener("click", (event) => {
    event.target.closest("[data-dismiss]")?.parentElement.remove();
  });
}

/** A request that failed is reported; what was typed stays. */
function wireLostNetwork() {
  document.addEventListener("htmx:sendError", () => {
    const message = document.getElementById("lost") ?? document.createElement("p");
    message.id = "lost";
    message.className = "message error page";
    message.setAttribute("role", "alert");
    message.textContent = document.documentElement.lang === "vi"
      ? "Chưa gửi được, giỏ của bạn vẫn còn. Thử lại khi có mạng."
      : "That was not sent. Your basket is kept; try again when the network is back.";
    document.getElementById("main").prepend(message);
  });
}

/** A panel that holds the focus is not swapped: the focus would be lost. */
function keepFocusedPanel() {
  document.addEventListener("htmx:beforeSwap", (event) => {
    const panel = event.detail.target;
    if (panel.id !== "district-panel" || !panel.contains(document.activeElement)) return;
    event.detail.shouldSwap = false;
  });
}

/** Arrow keys go from a tile of the map to the nearest one in their direction. */
function wireTilemap() {
  const directions = {
    ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
  };
  const centre = (tile) => {
    const { left, top, width, height } = tile.getBoundingClientRect();
    return [left + width / 2, top + height / 2];
  };
  document.addEventListener("keydown", (event) => {
    const direction = directions[event.key];
    const tile = direction && event.target.closest("a.tile");
    if (!tile || event.altKey || event.ctrlKey || event.metaKey) return;
    const [x, y] = centre(tile);
    let nearest = null;
    let least = Infinity;
    for (const other of tile.closest(".tilemap").querySelectorAll("a.tile")) {
      const [dx, dy] = [centre(other)[0] - x, centre(other)[1] - y];
      const ahead = dx * direction[0] + dy * direction[1];
      const aside = Math.abs(dx * direction[1]) + Math.abs(dy * direction[0]);
      if (ahead <= aside / 2 || ahead + 2 * aside >= least) continue;
      [nearest, least] = [other, ahead + 2 * aside];
    }
    if (!nearest) return;
    event.preventDefault();
    nearest.focus();
  });
}

/** What has the place of a link or button of the listing that a swap has replaced. */
function findSuccessor(link) {
  const same = link.id && document.getElementById(link.id);
  if (same) {
    same.closest("details")?.setAttribute("open", "");
    return same;
  }
  const near = link.closest(".sorting") ? ".sorting summary"
    : link.closest("#filter") ? "#filter a"
    : ".top-line a, .top-line summary";
  return [...document.querySelectorAll(near)].find((other) => other.checkVisibility());
}

/** The focus stays with the facet, chip or button that changed the listing. */
function keepListingFocus() {
  let next = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const focused = document.activeElement;
    const { target } = event.detail;
    if (!target.contains(focused)) return;
    if (target.id === "listing") next = () => findSuccessor(focused);
    if (target.id === "more") {
      next = () => [...document.querySelectorAll(".page-cards")].at(-1).querySelector("a");
    }
  });
  document.addEventListener("htmx:afterSettle", () => {
    next?.()?.focus();
    next = null;
  });
}

wireSteppers(document);
wireTilemap();
keepListingFocus();
wireBuyBar();
keepFocusedPanel();
wireSheet();
wireDismissals();
wireLostNetwork();
document.addEventListener("htmx:load", (event) => wireSteppers(event.target));
document.getElementById("errors")?.focus();
