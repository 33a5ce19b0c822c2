// SPDX-License-Identifier: Apache-2.0
/** The learner's own picture in a practice test. It stays in this page: nothing here can send anything. */

import { Camera } from "./camera.js";
import { hide } from "./part-texts.js";

const frame = /** @type {HTMLElement} */ (document.querySelector("[data-own-camera]"));
const picture = /** @type {HTMLVideoElement} */ (frame.querySelector("video"));
const camera = new Camera();
const SHOWN = { starting: "starting", on: "on", muted: "lost", ended: "lost", denied: "lost" };

camera.addEventListener("state", show);
for (const button of document.querySelectorAll("[data-camera-retry]")) button.addEventListener("click", () => void camera.start());
addEventListener("pagehide", () => camera.stop());
void camera.start();

function show() {
  hide("[data-camera]", true);
  hide(`[data-camera=${SHOWN[camera.state]}]`, false);
  hide("[data-banner=camera-lost]", camera.state !== "ended");
  hide("[data-banner=camera-denied]", camera.state !== "denied");
  frame.hidden = camera.state !== "on";
  if (camera.state !== "on") return;
  picture.srcObject = camera.stream;
  void picture.play().catch(() => {}); // a browser that will not play it shows the words below it
}
