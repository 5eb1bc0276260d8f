// Suggestions below a search box. Without this the box sends its words by Enter.

const PAUSE = 150;
const SHORTEST = 2;
let boxes = 0;

function wire(input) {
  input.dataset.wired = "";
  const form = input.form;
  const id = `suggestions-${(boxes += 1)}`;
  const list = document.createElement("div");
  list.id = id;
  list.className = "suggest-list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.getAttribute("aria-label"));
  list.hidden = true;
  const status = document.createElement("span");
  status.className = "sr-only";
  status.setAttribute("role", "status");
  form.classList.add("suggest-box");
  form.append(list, status);
  const combobox = {
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": id,
    autocomplete: "off",
  };
  for (const [name, value] of Object.entries(combobox)) input.setAttribute(name, value);

  let waiting;
  let asking;
  let chosen = -1;
  const options = () => [...list.querySelectorAll("[role=option]")];

  function open(isOpen) {
    list.hidden = !isOpen;
    input.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) choose(-1);
  }

  function choose(place) {
    const all = options();
    chosen = place;
    all.forEach((one, at) => one.setAttribute("aria-selected", String(at === place)));
    if (all[place]) {
      input.setAttribute("aria-activedescendant", all[place].id);
      all[place].scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  }

  function close() {
    clearTimeout(waiting);
    asking?.abort();
    open(false);
  }

  async function ask() {
    const words = input.value.trim();
    asking?.abort();
    if (words.length < SHORTEST) return close();
    asking = new AbortController();
    try {
      const address = `${input.dataset.suggest}?q=${encodeURIComponent(words)}`;
      const answer = await fetch(address, { signal: asking.signal });
      if (!answer.ok) return close();
      list.innerHTML = await answer.text();
    } catch {
      return; // another request was started, or the network failed
    }
    options().forEach((one, at) => (one.id = `${id}-${at}`));
    status.textContent = list.firstElementChild?.dataset.announcement ?? "";
    open(options().length > 0 && document.activeElement === input);
  }

  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const last = options().length - 1;
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && last >= 0) {
      event.preventDefault();
      const down = event.key === "ArrowDown";
      if (list.hidden) open(true);
      if (down) choose(chosen === last ? -1 : chosen + 1);
      else choose(chosen === -1 ? last : chosen - 1);
    } else if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      options()[chosen].click();
    }
  });
  list.addEventListener("mousedown", (event) => event.preventDefault()); // keeps focus
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) close();
  });
  form.addEventListener("submit", close);
}

function wireAll(root) {
  for (const input of root.querySelectorAll("[data-suggest]:not([data-wired])")) {
    wire(input);
  }
}

wireAll(document);
document.addEventListener("htmx:load", (event) => wireAll(event.target));
