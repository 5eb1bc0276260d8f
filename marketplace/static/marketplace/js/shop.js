// Small comforts of the shop. Every page works without them.

/** Steppers: the plus and minus beside a quantity. */
function wireSteppers(root) {
  for (const stepper of root.querySelectorAll("[data-stepper]:not([data-wired])")) {
    stepper.dataset.wired = "";
    const input = stepper.querySelector("input");
    for (const button of stepper.querySelectorAll("[data-step]")) {
      button.hidden = false;
      button.addEventListener("click", () => {
        const wanted = Number(input.value || 0) + Number(button.dataset.step);
        const kept = Math.min(Number(input.max), Math.max(Number(input.min), wanted));
        if (String(kept) === input.value) return;
        input.value = kept;
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
    bar.classList.toggle("shown", !entry.isIntersecting);
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
    document.body.classList.remove("sheet-open");
    for (const open of document.querySelectorAll(".menu[open], .sorting[open]")) {
      open.open = false;
    }
  });
}

/** What was said about the basket lies over a phone's page until it is put away. */
function wireDismissals() {
  document.addEventListener("click", (event) => {
    event.target.closest("[data-dismiss]")?.parentElement.remove();
  });
}

/** What was lost on the way is said, and what was typed stays. */
function wireLostNetwork() {
  document.addEventListener("htmx:sendError", () => {
    const said = document.getElementById("lost") ?? document.createElement("p");
    said.id = "lost";
    said.className = "message error page";
    said.setAttribute("role", "alert");
    said.textContent = document.documentElement.lang === "vi"
      ? "Chưa gửi được, giỏ của bạn vẫn còn. Thử lại khi có mạng."
      : "That was not sent. Your basket is kept; try again when the network is back.";
    document.getElementById("main").prepend(said);
  });
}

/** A panel stays as it is while its reader stands in it: her focus would be lost. */
function keepPanelOfReader() {
  document.addEventListener("htmx:beforeSwap", (event) => {
    const panel = event.detail.target;
    if (panel.id !== "district-panel" || !panel.contains(document.activeElement)) return;
    event.detail.shouldSwap = false;
  });
}

wireSteppers(document);
wireBuyBar();
keepPanelOfReader();
wireSheet();
wireDismissals();
wireLostNetwork();
document.addEventListener("htmx:load", (event) => wireSteppers(event.target));
document.getElementById("errors")?.focus();
