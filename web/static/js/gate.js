// SPDX-License-Identifier: Apache-2.0
/**
 * The start gate: waits for the opening, holds the consent button until every needed box is ticked, takes the identity photo,
 * fetches the locked test beforehand and starts it. Each step's outcome is on the server; this page can be loaded anew at any time.
 */

import { Camera } from "./camera.js";
import { Journal } from "./journal.js";
import { prepare, start, supported } from "./package.js";
import { pause } from "./save-queue.js";

/** What happens by itself is spread, so that a hall does not ask in the same instant. What a learner presses never waits. */
const JITTER_MS = 3000;
const READY_JITTER_MS = 60_000;
/** Both clocks of a device run alike; further apart than this, the device was asleep and has to ask for the time again. */
const ASLEEP_MS = 2000;
const WARM_UP_MS = 600;
const LONGEST_WARM_UP_MS = 5000;

const gate = /** @type {HTMLElement} */ (document.querySelector("[data-gate]"));
const attempt = gate.dataset.attempt ?? "";

waitToGetReady();
holdUntilTicked();
const photo = document.querySelector("[data-photo]");
if (photo instanceof HTMLElement) takePhoto(photo);
const begin = document.querySelector("form[data-start]");
if (begin instanceof HTMLFormElement) startFrom(begin);
const box = document.querySelector("[data-package]");
if (box instanceof HTMLElement && supported()) void fetchBefore(box);

/** Before the last half hour: show the time to go, then load the page anew. */
function waitToGetReady() {
  const place = document.querySelector("[data-ready-in-ms]");
  if (!(place instanceof HTMLElement)) return;
  count(place);
  const wait = Number(place.dataset.readyInMs) + Math.random() * READY_JITTER_MS;
  after(wait, () => location.reload());
}

/**
 * Count down to the opening on this device's monotonic clock. Nothing is asked of the server, and nothing of the wall clock.
 * @param {HTMLElement} place data-opens-in-ms @param {() => void} [opened]
 */
function count(place, opened = () => {}) {
  const opensAt = performance.now() + Number(place.dataset.opensInMs);
  const asleepBefore = Date.now() - performance.now();
  const face = place.querySelector("[data-countdown]");
  const beat = setInterval(show, 500);
  function show() {
    const left = opensAt - performance.now();
    if (face) face.textContent = clockFace(Math.max(0, left));
    if (left > 0) return;
    clearInterval(beat);
    opened();
  }
  show();
  document.addEventListener("visibilitychange", () => {
    const slept = Math.abs(Date.now() - performance.now() - asleepBefore) > ASLEEP_MS;
    if (!document.hidden && slept && performance.now() < opensAt) after(Math.random() * JITTER_MS, () => location.reload());
  });
}

/** A timer longer than a browser's longest one fires in steps. @param {number} ms @param {() => void} act */
function after(ms, act) {
  const at = performance.now() + ms;
  const step = () => {
    const left = at - performance.now();
    if (left <= 0) act();
    else setTimeout(step, Math.min(left, 60_000));
  };
  step();
}

/**
 * The start: the button sleeps until the opening; then one small request, and the room comes out of the locked test.
 * @param {HTMLFormElement} form
 */
function startFrom(form) {
  const button = /** @type {HTMLButtonElement} */ (form.querySelector("button:not([type=button])"));
  const show = (/** @type {string} */ name, /** @type {boolean} */ on) =>
    form.querySelector(`[data-${name}]`)?.toggleAttribute("hidden", !on);
  if (Number(form.dataset.opensInMs) > 0) {
    button.disabled = true;
    count(form, () => {
      button.disabled = false;
      show("before-open", false);
      show("open-now", true);
    });
  }
  if (!supported()) return;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show("starting", true);
    show("start-refused", false);
    void go();
  });
  const go = async () => {
    const { device } = await Journal.open(attempt);
    for (let tries = 1; ; tries += 1) {
      const came = await start(attempt, gate.dataset.csrf ?? "", device);
      if (came.ok) {
        location.assign(came.next);
        return;
      }
      if (came.status >= 400 && came.status < 500 && came.status !== 429) return refuse(came.words);
      show("start-offline", true);
      await pause(tries);
    }
  };
  const refuse = (/** @type {string} */ words) => {
    const place = form.querySelector("[data-start-problem]");
    if (place) place.textContent = words;
    show("start-refused", true);
    show("start-offline", false);
    show("starting", false);
    button.disabled = false;
  };
}

/**
 * Put the locked test on this device, each learner at a moment of their own; again until it is there.
 * @param {HTMLElement} part data-after-ms
 */
async function fetchBefore(part) {
  const show = (/** @type {string} */ state, have = 0, all = 0) => {
    for (const line of part.querySelectorAll("[data-package-state]")) {
      line.toggleAttribute("hidden", line.getAttribute("data-package-state") !== state);
      const words = line.querySelector("[data-package-text]");
      const text = words?.getAttribute("data-package-text") ?? "";
      if (words) words.textContent = text.replace("{have}", size(have)).replace("{all}", size(all));
    }
  };
  part.hidden = false;
  await new Promise((resolve) => after(Number(part.dataset.afterMs) + Math.random() * JITTER_MS, () => resolve(null)));
  for (let tries = 1; ; tries += 1) {
    try {
      const all = await prepare(attempt, (have, of) => show("loading", have, of));
      return show("ready", all, all);
    } catch {
      show("failed");
      await pause(tries, 2000);
    }
  }
}

/** @param {number} bytes */
function size(bytes) {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
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
    context?.drawImage(video, (video.videoWidth - width) / 2, (video.videoHeight - height) / 2, width, height, 0, 0, 640, 480);
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
