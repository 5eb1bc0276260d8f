// Buttons that copy what stands beside them; without them it can be selected by hand.

/** Show the buttons of a freshly loaded piece of the page, where copying is possible. */
function revealCopyButtons(root) {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("[data-copy][hidden]")) button.hidden = false;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  button.textContent = button.dataset.copied;
});
revealCopyButtons(document);
document.addEventListener("htmx:load", (event) => revealCopyButtons(event.target));
