// SPDX-License-Identifier: Apache-2.0
/** The system check: one row after the other, each in a word with advice. Only meaningless bytes and one word a row leave the device. */

import { Camera } from "./camera.js";
import { fill } from "./part-texts.js";
import { TooMany, light, lightMeaning, meaning, measureClock, measureLine } from "./system-measures.js";

/** @typedef {"ok" | "warn" | "bad" | "unknown"} Word */
/** @typedef {{word: Word, said: string, values?: Record<string, string | number>}} Found */

const MEGABYTE = 1024 * 1024;
const ENOUGH_SPACE = 50 * MEGABYTE;
const NARROWEST = 320;
const CLOCK_SECONDS = 60;
const LOW_BATTERY = 50;
const WARM_UP_MS = 900;
const CAMERA_PATIENCE_MS = 6000;

const root = /** @type {HTMLElement} */ (document.querySelector("[data-system-check]"));
const texts = JSON.parse(document.getElementById("check-texts")?.textContent ?? "{}");
const data = /** @type {Record<string, string>} */ (/** @type {unknown} */ (root.dataset));
const to = {
  bytesUrl: data.bytesUrl ?? "",
  uploadUrl: data.uploadUrl ?? "",
  timeUrl: data.timeUrl ?? "",
  upBytes: Number(data.upBytes),
  csrf: data.csrf ?? "",
};
/** @type {Record<string, () => Promise<Found>>} */
const CHECKS = { browser, storage, line, camera, screen: screenSize, clock, battery };
/** @type {Map<string, Word>} */
const found = new Map();
let running = false;

root.querySelector("[data-too-old]")?.setAttribute("hidden", "");
const all = /** @type {HTMLButtonElement} */ (root.querySelector("[data-check-all]"));
all.addEventListener("click", () => void run(Object.keys(CHECKS)));
for (const button of root.querySelectorAll("[data-check-one]")) {
  if (button instanceof HTMLElement) button.addEventListener("click", () => void run([button.dataset.checkOne ?? ""]));
}
const whole = /** @type {HTMLButtonElement} */ (root.querySelector("[data-full-screen]"));
whole.hidden = !document.fullscreenEnabled;
whole.addEventListener("click", () => {
  void (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen().catch(() => {}));
});

/** @param {string[]} names */
async function run(names) {
  if (running) return;
  running = true;
  all.setAttribute("aria-disabled", "true");
  overall("busy");
  for (const name of names) {
    const check = CHECKS[name];
    if (!check) continue;
    show(name, "busy", "");
    const { word, said, values } = await check().catch(() => /** @type {Found} */ ({ word: "bad", said: `${name}_bad` }));
    found.set(name, word);
    show(name, word, fill(texts[said], values ?? {}));
  }
  running = false;
  all.removeAttribute("aria-disabled");
  if (names.length > 1) again(all);
  overall(worst());
  await keep();
}

/** The camera is needed by some tests only, and what cannot be checked stands in nobody's way. @returns {Word} */
function worst() {
  const words = [...found].map(([name, word]) => (name === "camera" && word === "bad" ? "warn" : word));
  return words.includes("bad") ? "bad" : words.includes("warn") ? "warn" : "ok";
}

/** @param {string} word */
function overall(word) {
  for (const place of root.querySelectorAll("[data-all]")) {
    if (place instanceof HTMLElement) place.hidden = place.dataset.all !== word;
  }
}

/** @param {string} name @param {string} word @param {string} said */
function show(name, word, said) {
  const row = /** @type {HTMLElement} */ (root.querySelector(`[data-check="${name}"]`));
  row.dataset.state = word;
  for (const place of row.querySelectorAll("[data-word]")) {
    if (place instanceof HTMLElement) place.hidden = place.dataset.word !== word;
  }
  const sentence = /** @type {HTMLElement} */ (row.querySelector("[data-said]"));
  sentence.textContent = said;
  row.querySelector("[data-about]")?.toggleAttribute("hidden", word !== "busy" && said !== "");
  again(row);
}

/** What was checked once is checked again. @param {HTMLElement} place */
function again(place) {
  place.querySelector("[data-first]")?.setAttribute("hidden", "");
  place.querySelector("[data-again]")?.removeAttribute("hidden");
}

/** A signed-in learner's agency may know, in one word for each part. */
async function keep() {
  if (!data.resultUrl) return;
  try {
    const answer = await fetch(data.resultUrl, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": to.csrf },
      body: JSON.stringify(Object.fromEntries(found)),
      redirect: "error",
    });
    if (!answer.ok) return;
    root.querySelector("[data-kept]")?.removeAttribute("hidden");
    root.querySelector("[data-kept-new]")?.removeAttribute("hidden");
    root.querySelector("[data-kept-old]")?.setAttribute("hidden", "");
  } catch {
    // Without a line there is nobody to tell; the rows say so.
  }
}

/** @returns {Promise<Found>} */
async function browser() {
  if (!isSecureContext) return { word: "bad", said: "browser_insecure" };
  const needed = { store: "indexedDB" in globalThis, crypto: "subtle" in crypto, dialogs: "showModal" in HTMLDialogElement.prototype };
  const better = {
    worker: "serviceWorker" in navigator && "caches" in globalThis,
    unpack: "DecompressionStream" in globalThis,
    locks: "locks" in navigator,
  };
  const lacking = missing(needed);
  if (lacking) return { word: "bad", said: "browser_bad", values: { missing: lacking } };
  const nice = missing(better);
  return nice ? { word: "warn", said: "browser_reload", values: { missing: nice } } : { word: "ok", said: "browser_ok" };
}

/** @param {Record<string, boolean>} there */
function missing(there) {
  return Object.entries(there).filter(([, is]) => !is).map(([name]) => texts[`missing_${name}`]).join(", ");
}

/** Write 1 MB, read it back, and ask the browser to keep what the test will write. @returns {Promise<Found>} */
async function storage() {
  const written = new Uint8Array(MEGABYTE);
  for (let start = 0; start < written.length; start += 65_536) crypto.getRandomValues(written.subarray(start, start + 65_536));
  const opening = indexedDB.open("kasauti-check", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("bytes");
  const db = await settled(opening);
  try {
    const writing = db.transaction("bytes", "readwrite", { durability: "strict" });
    writing.objectStore("bytes").put(written, "one");
    await new Promise((resolve, reject) => {
      writing.oncomplete = () => resolve(undefined);
      writing.onabort = writing.onerror = () => reject(writing.error);
    });
    const read = await settled(db.transaction("bytes").objectStore("bytes").get("one"));
    if (!(read instanceof Uint8Array) || read.length !== MEGABYTE || !read.every((byte, place) => byte === written[place])) {
      return { word: "bad", said: "storage_bad" };
    }
  } finally {
    db.close();
    indexedDB.deleteDatabase("kasauti-check");
  }
  const { quota = Infinity, usage = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  if (quota - usage < ENOUGH_SPACE) return { word: "warn", said: "storage_full" };
  const lasting = (await navigator.storage?.persist?.()) ?? false;
  return { word: "ok", said: lasting ? "storage_ok" : "storage_may_go" };
}

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** @returns {Promise<Found>} */
async function line() {
  try {
    const measured = await measureLine(to);
    const what = meaning(measured);
    const values = { down: speed(measured.down), up: speed(measured.up), wait: measured.wait };
    return { word: what === "full" ? "ok" : "warn", said: `line_${what}`, values };
  } catch (error) {
    return { word: error instanceof TooMany ? "unknown" : "bad", said: error instanceof TooMany ? "line_busy" : "line_bad" };
  }
}

/** @param {number} kbps */
function speed(kbps) {
  const number = new Intl.NumberFormat(document.documentElement.lang, { maximumSignificantDigits: 2 });
  return kbps >= 1000 ? fill(texts.mbps, { value: number.format(kbps / 1000) }) : fill(texts.kbps, { value: number.format(kbps) });
}

/** One picture, looked at here and then let go. @returns {Promise<Found>} */
async function camera() {
  const lens = new Camera();
  const place = /** @type {HTMLElement} */ (root.querySelector("[data-picture]"));
  place.replaceChildren();
  try {
    const state = await lens.start();
    if (state === "denied") return { word: "bad", said: "camera_denied" };
    if (state === "ended") return { word: "bad", said: "camera_none" };
    const until = performance.now() + CAMERA_PATIENCE_MS;
    await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS));
    while ((await lens.picture()) === null) {
      if (performance.now() > until) return { word: "bad", said: "camera_none" };
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const { canvas } = lens;
    const pixels = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? new Uint8ClampedArray();
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", place.dataset.text ?? "");
    place.append(canvas);
    const what = lightMeaning(light(pixels));
    return { word: what === "ok" ? "ok" : "warn", said: `camera_${what}` };
  } catch {
    return { word: "bad", said: "camera_none" };
  } finally {
    lens.stop();
  }
}

/** @returns {Promise<Found>} */
async function screenSize() {
  const values = { width: innerWidth, height: innerHeight };
  if (innerWidth < NARROWEST) return { word: "warn", said: "screen_small", values };
  return { word: "ok", said: document.fullscreenEnabled ? "screen_ok" : "screen_no_full", values };
}

/** @returns {Promise<Found>} */
async function clock() {
  const ahead = await measureClock(to);
  const values = { seconds: Math.round(Math.abs(ahead)) };
  if (Math.abs(ahead) < CLOCK_SECONDS) return { word: "ok", said: "clock_ok", values: { seconds: Math.max(1, values.seconds) } };
  return { word: "warn", said: ahead > 0 ? "clock_fast" : "clock_slow", values };
}

/** @returns {Promise<Found>} */
async function battery() {
  const { getBattery } = /** @type {{getBattery?: () => Promise<{level: number, charging: boolean}>}} */ (/** @type {unknown} */ (navigator));
  if (!getBattery) return { word: "unknown", said: "battery_unknown" };
  try {
    const { level, charging } = await getBattery.call(navigator);
    const values = { level: Math.round(level * 100) };
    if (charging) return { word: "ok", said: "battery_plugged", values };
    return values.level < LOW_BATTERY ? { word: "warn", said: "battery_low", values } : { word: "ok", said: "battery_ok", values };
  } catch {
    return { word: "unknown", said: "battery_unknown" };
  }
}
