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

  let timer;
  let request;
  let selected = -1;
  const options = () => [...list.querySelectorAll("[role=option]")];

  function open(isOpen) {
    list.hidden = !isOpen;
    input.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) choose(-1);
  }

  function choose(place) {
    const all = options();
    selected = place;
    all.forEach((one, at) => one.setAttribute("aria-selected", String(at === place)));
    if (all[place]) {
      input.setAttribute("aria-activedescendant", all[place].id);
      all[place].scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  }

  function close() {
    clearTimeout(timer);
    request?.abort();
    open(false);
  }

  async function fetchSuggestions() {
    const words = input.value.trim();
    request?.abort();
    if (words.length < SHORTEST) return close();
    request = new AbortController();
    try {
      const address = `${input.dataset.suggest}?q=${encodeURIComponent(words)}`;
      const response = await fetch(address, { signal: request.signal });
      if (!response.ok) return close();
      list.innerHTML = await response.text();
    } catch {
      return; // a newer request was started, or the network failed
    }
    options().forEach((one, at) => (one.id = `${id}-${at}`));
    status.textContent = list.firstElementChild?.dataset.announcement ?? "";
    open(options().length > 0 && document.activeElement === input);
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(fetchSuggestions, PAUSE);
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
      if (down) choose(selected === last ? -1 : selected + 1);
      else choose(selected === -1 ? last : selected - 1);
    } else if (event.key === "Enter" && selected >= 0) {
      event.preventDefault();
      options()[selected].click();
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
