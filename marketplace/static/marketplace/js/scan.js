// Reads a buyer's QR, or the bar code on goods, with the camera, where the browser can.
// Typing always works.

const CODES = { goods: ["ean_13", "ean_8", "upc_a", "qr_code"], "": ["qr_code"] };

async function read(form, button) {
  const video = form.querySelector("[data-scan-video]");
  const input = form.querySelector("[data-scan-into], [name=code]");
  const known = await window.BarcodeDetector.getSupportedFormats();
  const formats = CODES[form.dataset.scanForm].filter((code) => known.includes(code));
  const detector = new window.BarcodeDetector({ formats });
  const stream = await navigator.mediaDevices.getUserMedia({
    video: { facingMode: "environment" },
  });
  video.srcObject = stream;
  video.hidden = false;
  await video.play();
  const stop = () => {
    for (const track of stream.getTracks()) track.stop();
    video.hidden = true;
  };
  const look = async () => {
    if (video.hidden) return;
    const [found] = await detector.detect(video);
    if (!found) {
      requestAnimationFrame(look);
      return;
    }
    input.value = found.rawValue;
    stop();
    if (button.dataset.scanStay === undefined) form.requestSubmit();
  };
  look();
}

const canRead = "BarcodeDetector" in window && navigator.mediaDevices?.getUserMedia;
for (const form of document.querySelectorAll("[data-scan-form]")) {
  const button = form.querySelector("[data-scan]");
  if (!button || !canRead) continue;
  button.hidden = false;
  button.addEventListener("click", () => {
    read(form, button).catch(() => { button.hidden = true; });
  });
}
