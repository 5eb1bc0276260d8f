// OpenStreetMap in the place of the sketch, once the first tile has really come.

function show(map) {
  if (!window.L || map.offsetParent === null || map.dataset.initialised !== undefined) return;
  const rows = [...map.querySelectorAll("[data-pin]")];
  if (!rows.length) return;
  map.dataset.initialised = "";
  const L = window.L;
  const box = map.querySelector(".tiles");
  const leaflet = L.map(box, { scrollWheelZoom: false, zoomSnap: 0.5 });
  const places = rows.map((row) => [Number(row.dataset.lat), Number(row.dataset.lng)]);
  const near = places.filter(([lat, lng]) => lat > 15.85 && lng > 108.28);
  leaflet.fitBounds(near.length ? near : places, { padding: [40, 40], maxZoom: 16 });
  const layer = L.tileLayer(map.dataset.tiles, {
    maxZoom: 19,
    attribution: map.dataset.credit,
  });
  layer.once("tileload", () => map.classList.add("has-tiles"));
  layer.addTo(leaflet);
  rows.forEach((row, index) => {
    const pin = document.createElement("span");
    pin.className = row.dataset.mine === undefined ? "pin" : "pin mine";
    pin.textContent = row.dataset.pin;
    const marker = L.marker(places[index], {
      icon: L.divIcon({ html: pin, className: "", iconSize: [30, 33], iconAnchor: [15, 33] }),
      title: row.dataset.name,
      alt: row.dataset.name,
    });
    marker.on("click", () => { location.href = row.dataset.url; });
    marker.addTo(leaflet);
  });
}

for (const map of document.querySelectorAll("[data-map]")) show(map);
window.addEventListener("resize", () => {
  for (const map of document.querySelectorAll("[data-map]")) show(map);
});
