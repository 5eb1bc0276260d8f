// Reads the buyer's QR with the camera, where the browser can. Typing always works.

async function read(form, button) {
  const video = form.querySelector("[data-scan-video]");
  const input = form.querySelector("[name=code], [data-scan-into]");
  const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
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
