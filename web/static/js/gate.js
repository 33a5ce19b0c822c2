// SPDX-License-Identifier: Apache-2.0
/**
 * The start gate: opens by itself when the window opens, holds the consent button until every needed box is ticked, and takes
 * the identity photo. Each step's outcome is on the server; this page can be loaded anew at any time.
 */

import { Camera } from "./camera.js";

/** The start is spread a little, so that a hall does not knock in the same instant. */
const DOOR_JITTER_MS = 4000;
const WARM_UP_MS = 600;
const LONGEST_WARM_UP_MS = 5000;

waitForTheDoor();
holdUntilTicked();
const photo = document.querySelector("[data-photo]");
if (photo instanceof HTMLElement) takePhoto(photo);

/** Before the window: show the time to go, then load the page anew. Nothing is guessed from this device's wall clock. */
function waitForTheDoor() {
  const place = document.querySelector("[data-opens-in-ms]");
  if (!(place instanceof HTMLElement)) return;
  const opensAt = performance.now() + Number(place.dataset.opensInMs);
  const wait = Math.random() * DOOR_JITTER_MS;
  const count = place.querySelector("[data-countdown]");
  const beat = setInterval(() => {
    const left = opensAt - performance.now();
    if (count) count.textContent = clockFace(Math.max(0, left));
    if (left > -wait) return;
    clearInterval(beat);
    location.reload();
  }, 500);
}

/** @param {number} ms */
function clockFace(ms) {
  const seconds = Math.ceil(ms / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}

/** The button of a form with data-hold waits for its required boxes. */
function holdUntilTicked() {
  for (const form of document.querySelectorAll("form[data-hold]")) {
    const button = form.querySelector("button:not([type=button])");
    const boxes = [...form.querySelectorAll("input[type=checkbox][required]")];
    const show = () => {
      const open = boxes.some((box) => box instanceof HTMLInputElement && !box.checked);
      button?.toggleAttribute("disabled", open);
      form.querySelector("[data-hold-hint]")?.toggleAttribute("hidden", !open);
    };
    form.addEventListener("change", show);
    show();
  }
}

/**
 * Camera check and identity photo.
 * @param {HTMLElement} part data-photo-url: where the JPEG is posted; data-csrf; data-next-url
 */
function takePhoto(part) {
  const camera = new Camera(() => {}, 640);
  const view = part.querySelector("[data-viewfinder]");
  const video = Object.assign(document.createElement("video"), { muted: true, playsInline: true, autoplay: true });
  video.setAttribute("aria-hidden", "true");
  const still = Object.assign(document.createElement("canvas"), { width: 640, height: 480 });
  still.setAttribute("role", "img");
  still.setAttribute("aria-label", part.dataset.textPicture ?? "");
  const show = (/** @type {string} */ state) => {
    for (const piece of part.querySelectorAll("[data-when]")) {
      piece.toggleAttribute("hidden", !(piece.getAttribute("data-when") ?? "").split(" ").includes(state));
    }
  };
  const begin = async () => {
    still.remove();
    show("starting");
    const state = await camera.start();
    if (state === "on" || state === "muted") {
      video.srcObject = camera.stream;
      view?.append(video);
      await firstPicture(video);
      show("live");
    } else show(state);
  };
  const shoot = () => {
    const context = still.getContext("2d");
    const scale = Math.min(video.videoWidth / 640, video.videoHeight / 480);
    const [width, height] = [640 * scale, 480 * scale];
    const [left, top] = [(video.videoWidth - width) / 2, (video.videoHeight - height) / 2];
    context?.drawImage(video, left, top, width, height, 0, 0, 640, 480);
    view?.append(still);
    video.remove();
    show("taken");
    focusOn("[data-photo-send]");
  };
  const send = async () => {
    show("sending");
    const jpeg = await new Promise((/** @type {(blob: Blob | null) => void} */ done) => still.toBlob(done, "image/jpeg", 0.85));
    try {
      const response = await fetch(part.dataset.photoUrl ?? "", {
        method: "POST",
        headers: { "Content-Type": "image/jpeg", Accept: "application/json", "X-CSRFToken": part.dataset.csrf ?? "" },
        body: jpeg,
        redirect: "error",
        signal: AbortSignal.timeout(20_000),
      });
      if (response.ok) {
        camera.stop();
        location.assign(part.dataset.nextUrl ?? location.href);
        return;
      }
      const problem = await response.json().catch(() => ({}));
      const place = part.querySelector("[data-photo-problem]");
      if (place) place.textContent = [problem.title, problem.what_next].filter(Boolean).join(" ");
      show("refused");
    } catch {
      show("unsent");
    }
  };
  const focusOn = (/** @type {string} */ selector) => /** @type {HTMLElement | null} */ (part.querySelector(selector))?.focus();
  part.querySelector("[data-photo-take]")?.addEventListener("click", shoot);
  for (const button of part.querySelectorAll("[data-photo-send]")) button.addEventListener("click", () => void send());
  for (const button of part.querySelectorAll("[data-photo-again]")) button.addEventListener("click", () => void begin());
  camera.addEventListener("state", () => {
    if (camera.state === "ended" || camera.state === "denied") show(camera.state);
  });
  addEventListener("pagehide", () => camera.stop());
  void begin();
}

/**
 * Wait until the camera shows something: the first pictures of many cameras are black while they find their light.
 * @param {HTMLVideoElement} video
 */
async function firstPicture(video) {
  const shown = new Promise((/** @type {(value?: unknown) => void} */ done) => {
    if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) done();
    else video.addEventListener("loadeddata", done, { once: true });
  });
  const patience = new Promise((done) => setTimeout(done, LONGEST_WARM_UP_MS));
  await Promise.race([shown, patience]);
  await new Promise((done) => setTimeout(done, WARM_UP_MS));
}
