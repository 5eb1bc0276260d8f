// The till: what is chosen lives in the page, so no tap waits for the network, and in
// the tab's storage, so it survives a reload. Without this every tap sends the form.
// The page is painted only when this runs: a tap before it would send the form.

const fold = (text) =>
  text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replaceAll("đ", "d");
const amounts = new Intl.NumberFormat(document.documentElement.lang);
const dong = (amount) => `${amounts.format(amount)}\u00a0₫`;

/** What the tab keeps of a point's till: the form's id and its lines. */
const stored = {
  key: (point) => `till ${point}`,
  read: (point) => JSON.parse(sessionStorage.getItem(stored.key(point)) ?? "null"),
  write: (point, till) => sessionStorage.setItem(stored.key(point), JSON.stringify(till)),
  clear: (point) => sessionStorage.removeItem(stored.key(point)),
};

function openTill(form) {
  const point = form.dataset.till;
  const find = (selector) => form.querySelector(selector);
  const [field, lines, status] = ["#till-search", "#till-lines", "#till-status"].map(find);
  const tiles = new Map([...form.querySelectorAll(".tile")].map((one) => [one.value, one]));

  const inputs = () => [...lines.querySelectorAll("input")];
  const input = (id) => lines.querySelector(`[name="units-${id}"]`);
  const id = (one) => one.name.slice("units-".length);
  const units = (one) => Math.max(0, Math.trunc(Number(one.value)) || 0);

  function addLine({ id, name, price, free }) {
    const line = find("#till-line").content.firstElementChild.cloneNode(true);
    Object.assign(line.dataset, { name, price });
    const one = line.querySelector("input");
    one.name = one.id = line.querySelector("label").htmlFor = `units-${id}`;
    one.max = free;
    line.querySelector("[data-field=name]").textContent = name;
    const short = line.querySelector("[data-field=short]");
    short.textContent = short.textContent.replace(/\d+/, free);
    for (const button of line.querySelectorAll("[data-step]")) {
      button.ariaLabel += name;
    }
    lines.append(line);
    line.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true })); // the stepper
    return one;
  }

  function add(tile) {
    const { name, price, free } = tile.dataset;
    const line = input(tile.value);
    if ((line ? units(line) : 0) >= Number(free)) {
      status.textContent = `${name}: ${tile.querySelector(".quiet").textContent.trim()}`;
      return;
    }
    const one = line ?? addLine({ id: tile.value, name, price, free });
    one.value = units(one) + 1;
    show();
    one.closest(".till-line").scrollIntoView({ block: "nearest" });
  }

  /** The sum, the numbers on the tiles, and the tab's storage follow the lines. */
  function show() {
    let [number, total] = [0, 0];
    const chosen = new Map();
    for (const one of inputs()) {
      const line = one.closest(".till-line");
      const price = units(one) * Number(line.dataset.price);
      line.querySelector("[data-field=sum]").textContent = dong(price);
      line.querySelector("[data-field=short]").hidden = units(one) <= Number(one.max);
      chosen.set(id(one), { ...line.dataset, id: id(one), units: units(one) });
      number += units(one);
      total += price;
    }
    for (const [id, tile] of tiles) {
      const taken = chosen.get(id)?.units ?? 0;
      const count = tile.querySelector(".count");
      tile.classList.toggle("chosen", taken > 0);
      tile.disabled = taken >= Number(tile.dataset.free);
      count.textContent = taken;
      count.hidden = !taken;
    }
    const words = find("#till-number");
    const pattern = number === 1 ? words.dataset.one : words.dataset.many;
    words.textContent = pattern.replace(/\d+/, amounts.format(number));
    find("#till-total").textContent = dong(total);
    find("#till-pay").hidden = !chosen.size;
    find("#till-empty").hidden = chosen.size > 0;
    const till = { token: form.elements.client_id.value, lines: [...chosen.values()] };
    if (chosen.size) stored.write(point, till);
    else stored.clear(point);
  }

  function restore() {
    const till = stored.read(point);
    if (!till) return;
    form.elements.client_id.value = till.token; // sold already? then it is that sale
    for (const { units, ...line } of till.lines) {
      const { name, price, free } = tiles.get(line.id)?.dataset ?? { ...line, free: 0 };
      addLine({ id: line.id, name, price, free }).value = units;
    }
  }

  function filter() {
    const words = fold(field.value).split(/\s+/).filter(Boolean);
    let found = 0;
    for (const group of form.querySelectorAll(".tile-group")) {
      const before = found;
      for (const item of group.querySelectorAll("li")) {
        item.hidden = !words.every((word) => ` ${item.dataset.words}`.includes(` ${word}`));
        found += item.hidden ? 0 : 1;
      }
      group.hidden = found === before;
    }
    status.textContent = found ? "" : status.dataset.unknown;
  }

  /** Enter in the field: a scanner ends each bar code with it. */
  function enter() {
    const text = field.value.trim(); // a scan may follow words that were left there
    const tile = [...tiles.values()].find(
      ({ dataset: { barCode } }) => barCode && text.endsWith(barCode),
    );
    if (!tile && !/\d{8,14}$/.test(text)) return; // words only choose among the tiles
    field.value = "";
    filter();
    if (tile) add(tile);
    else status.textContent = `${text}: ${status.dataset.unknown}`;
  }

  form.addEventListener("click", (event) => {
    const tile = event.target.closest(".tile");
    if (!tile) return;
    event.preventDefault();
    status.textContent = "";
    add(tile);
  });
  lines.addEventListener("change", ({ target }) => {
    if (units(target)) target.value = units(target);
    else {
      target.closest(".till-line").remove();
      field.focus({ preventScroll: true });
    }
    show();
  });
  field.addEventListener("input", filter);
  form.addEventListener("submit", (event) => {
    if (event.submitter?.name === "paid_by") {
      form.inert = true; // what is tapped now would be neither sold nor seen
      return;
    }
    event.preventDefault();
    enter();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input, select, textarea");
    const isText = event.key.length === 1 && event.key !== " ";
    if (typing || !isText || event.ctrlKey || event.metaKey || event.altKey) return;
    field.focus({ preventScroll: true }); // a scanner types wherever the focus is
    field.select();
  });
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());

  find("[name=sum]").hidden = true;
  if (!inputs().length) restore();
  show();
  if (field.value) filter();
}

/** The sale is made: its lines leave the till, unless others are there by now. */
function clearTill({ sold: point }) {
  if (`#${stored.read(point)?.token}` === location.hash) stored.clear(point);
}

const till = document.getElementById("till-form");
if (till) openTill(till);
for (const one of document.querySelectorAll("[data-sold]")) clearTill(one.dataset);
