// SPDX-License-Identifier: Apache-2.0
/** The learner's own picture in a practice test. It stays in this page: nothing here can send anything. */

import { Camera } from "./camera.js";

const frame = /** @type {HTMLElement} */ (document.querySelector("[data-own-camera]"));
const picture = /** @type {HTMLVideoElement} */ (frame.querySelector("video"));
const camera = new Camera();
const SHOWN = { starting: "starting", on: "on", muted: "lost", ended: "lost", denied: "lost" };

camera.addEventListener("state", show);
for (const button of document.querySelectorAll("[data-camera-retry]")) button.addEventListener("click", () => void camera.start());
addEventListener("pagehide", () => camera.stop());
void camera.start();

function show() {
  for (const place of document.querySelectorAll("[data-camera]")) {
    if (place instanceof HTMLElement) place.hidden = place.dataset.camera !== SHOWN[camera.state];
  }
  for (const [name, state] of Object.entries({ "camera-lost": "ended", "camera-denied": "denied" })) {
    document.querySelector(`[data-banner="${name}"]`)?.toggleAttribute("hidden", camera.state !== state);
  }
  frame.hidden = camera.state !== "on";
  if (camera.state !== "on") return;
  picture.srcObject = camera.stream;
  void picture.play().catch(() => {}); // a browser that will not play it shows the words below it
}
