// SPDX-License-Identifier: Apache-2.0
/**
 * What a learner opens when it is wanted, loaded a little after the questions: calculator and notes, panels in the page's own flow
 * that cover nothing at any zoom, and the dialog for text and colours, whose choices hold at once and on every page of this
 * device (js/theme.js). And what this browser notes during a test (`observe`): a file of its own would cost a line more bytes.
 */

import { cleared, press } from "./calculator.js";
import { within } from "./part-texts.js";
import { recall, remember } from "./room-view.js";

const CONTRASTS = ["bw", "wb", "yb"];
const KEYS = { Enter: "=", "=": "=", Backspace: "back", Delete: "clear", x: "*", "×": "*", "÷": "/", ",": ".", r: "root", c: "clear" };

const BEAT_MS = 5000;
const MOST_A_BEAT = 16;
const MOST_KEPT = 1000;
const NEAR_MS = 2000;
/** What a browser's own bars take of a window: of its height at least so much, and not more than the other. */
const BAR_PX = 70;
const BARS_PX = 260;
/** What of the room itself explains a note, when it is there. */
const CAUSES = { dialog: "dialog[open]", camera: "[data-camera=starting]:not([hidden])", file: "[type=file]:focus" };


/**
 * Open a panel, or close it when it is open.
 * @param {string} name "calculator" or "notes"
 * @param {import("./room-view.js").RoomView} view
 */
export function toggle(name, view) {
  const panel = view.one(`[data-panel="${name}"]`);
  if (!("ready" in panel.dataset)) {
    panel.dataset.ready = "";
    within(panel, "[data-close]").addEventListener("click", () => show(name, false, view));
    panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape") show(name, false, view);
    });
    if (name === "calculator") startCalculator(panel);
    else startNotes(panel, view);
  }
  show(name, panel.hasAttribute("hidden"), view);
}

/** @param {string} name @param {boolean} open @param {import("./room-view.js").RoomView} view */
function show(name, open, view) {
  const button = view.one(`[data-tool="${name}"]`);
  const panel = view.one(`[data-panel="${name}"]`);
  panel.hidden = !open;
  button.setAttribute("aria-expanded", String(open));
  if (open) within(panel, "[data-display], [data-notes]").focus();
  else button.focus();
}

/** @param {HTMLElement} panel */
function startCalculator(panel) {
  const display = within(panel, "[data-display]");
  let now = cleared();
  const use = (/** @type {string} */ key) => {
    now = press(now, key);
    const text = now.error === null ? now.shown.replace("-", "−") : (panel.dataset[`text${now.error.replace(/^./, (first) => first.toUpperCase())}`] ?? "");
    display.textContent = text;
    if (["=", "root", "%"].includes(key) || now.error !== null) within(panel, "[data-result]").textContent = text;
  };
  panel.addEventListener("click", (event) => {
    const key = event.target instanceof Element ? event.target.closest("[data-key]")?.getAttribute("data-key") : null;
    if (key) use(key);
  });
  panel.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = KEYS[/** @type {keyof typeof KEYS} */ (event.key)] ?? event.key;
    if (event.key === "Enter" && event.target !== display) return; // a button that has the focus is pressed
    if (!/^([\d.+\-*/%=]|back|clear|root)$/.test(key)) return;
    event.preventDefault();
    use(key);
  });
}

/** @param {HTMLElement} panel @param {import("./room-view.js").RoomView} view */
function startNotes(panel, view) {
  const notes = /** @type {HTMLTextAreaElement} */ (within(panel, "[data-notes]"));
  const memory = `notes-${view.root.dataset.attempt}`;
  notes.value = recall(memory);
  notes.addEventListener("input", () => remember(memory, notes.value));
}

/**
 * Make the dialog work and open it.
 * @param {import("./room-view.js").RoomView} view
 * @param {import("./room-walk.js").RoomWalk} walk
 */
export function openSettings(view, walk) {
  const dialog = /** @type {HTMLDialogElement} */ (document.querySelector("[data-settings-dialog]"));
  if (!("ready" in dialog.dataset)) listen(dialog, view, walk);
  dialog.dataset.ready = "";
  const shown = { size: recall("size"), colours: recall("contrast") || recall("theme"), both: recall("both"), show: view.root.dataset.show ?? "" };
  for (const radio of /** @type {NodeListOf<HTMLInputElement>} */ (dialog.querySelectorAll("input[type=radio]"))) {
    radio.checked = radio.value === shown[/** @type {keyof typeof shown} */ (radio.name.slice(4))];
  }
  check(dialog, "time", view.timeHidden);
  check(dialog, "economy", recall("economy") === "yes");
  dialog.showModal();
  /** @type {HTMLElement | null} */ (dialog.querySelector("h2"))?.focus();
}

/** @param {HTMLDialogElement} dialog @param {import("./room-view.js").RoomView} view @param {import("./room-walk.js").RoomWalk} walk */
function listen(dialog, view, walk) {
  dialog.addEventListener("change", (event) => {
    const control = /** @type {HTMLInputElement} */ (event.target);
    const name = control.name.slice(4);
    if (name === "show") walk.show(control.value);
    else if (name === "colours") colour(control.value);
    else if (name) put(name, control.value);
    else if ("setTime" in control.dataset) view.hideTime(control.checked);
    else {
      remember("economy", control.checked ? "yes" : "no");
      view.root.dispatchEvent(new Event("economy"));
    }
    view.fit();
  });
}

/** @param {string} value */
function colour(value) {
  const contrast = CONTRASTS.includes(value);
  put("contrast", contrast ? value : "");
  put("theme", contrast ? (value === "bw" ? "light" : "dark") : value);
}

/** @param {string} name @param {string} value "" for the device's own */
function put(name, value) {
  remember(name, value);
  if (value) document.documentElement.dataset[name] = value;
  else delete document.documentElement.dataset[name];
}

/** @param {ParentNode} dialog @param {string} name @param {boolean} on */
function check(dialog, name, on) {
  const box = dialog.querySelector(`[data-set-${name}]`);
  if (box instanceof HTMLInputElement) box.checked = on;
}

/**
 * What goes along with a test once its questions are usable: the camera or at least the news, the notes, and the locked copy.
 * @param {{view: import("./room-view.js").RoomView, server: import("./room-server.js").RoomServer, journal: import("./journal.js").Journal,
 *   holding: () => boolean, onChanged: () => void}} room
 */
export async function accompany({ view, server, journal, holding, onChanged }) {
  const { dataset } = view.root;
  if ("practice" in dataset) return; // nobody watches, and nothing is kept for it
  const { startOffline } = await import("./package.js");
  const eyes = "proctored" in dataset ? (await import("./room-eyes.js")).watch({ view, holding, onChanged }) : undefined;
  if (!eyes && !(/** @type {any} */ (navigator).connection?.saveData)) (await import("./proctor-link.js")).listen(onChanged);
  call(view, server, onChanged);
  observe(view, (body) => server.tell(dataset.telemetryUrl ?? "", body));
  startOffline(view.root, journal);
  return eyes;
}

/**
 * Words to the proctor and a raised hand. What cannot be sent is said to be not sent, stays on this device and is tried again.
 * @param {import("./room-view.js").RoomView} view
 * @param {import("./room-server.js").RoomServer} server
 * @param {() => void} onChanged
 */
function call(view, server, onChanged) {
  const form = /** @type {HTMLFormElement | null} */ (document.querySelector("[data-write]"));
  if (!form) return;
  const [words, , raise] = /** @type {any} */ (form);
  const memory = `call-${view.root.dataset.attempt}`;
  const post = async (/** @type {string} */ url, /** @type {object} */ body) => {
    for (;;) {
      const reply = await server.tell(url, body);
      view.choose("call", reply.ok ? "" : reply.status ? "refused" : "waiting");
      if (reply.ok) onChanged();
      if (reply.ok || reply.status) return reply.ok;
      await new Promise((again) => setTimeout(again, BEAT_MS));
    }
  };
  const send = async (/** @type {string} */ text, number = Date.now()) => {
    words.value = text;
    words.readOnly = true;
    remember(memory, JSON.stringify([text, number]));
    if (await post(form.action, { number, text })) words.value = "";
    words.readOnly = false;
    remember(memory, "");
  };
  form.onsubmit = (event) => {
    event.preventDefault();
    if (!words.readOnly) void send(words.value);
  };
  raise.onclick = () => post(raise.value, { raised: within(raise, "[data-hand=up]").hidden });
  const kept = recall(memory);
  if (kept) void send(.../** @type {[string, number]} */ (JSON.parse(kept)));
}

/**
 * Note what happens around the test: facts with what explains them, for people. What was copied or typed is never kept, nothing in
 * the test waits for it, and what cannot be sent yet stays on this device.
 * @param {import("./room-view.js").RoomView} view
 * @param {(body: object) => Promise<import("./room-server.js").Reply<unknown>>} post
 */
export function observe(view, post) {
  const { dataset } = view.root;
  const memory = `noted-${dataset.attempt}`;
  const find = (/** @type {string} */ selector) => document.querySelector(selector);
  /** @type {{number: number}[]} a note's number is its instant, or one more than the number before, should the clock go back */
  let notes = JSON.parse(recall(memory) || "[]");
  const clock = () => Date.now() - performance.now();
  let [count, left, typed, last, offset] = [0, 0, 0, notes.at(-1)?.number ?? 0, clock()];
  let [shape, place, screens, away] = [false, 0, "", "focus"];
  const keep = () => remember(memory, notes[0] && !("left" in dataset) ? JSON.stringify(notes) : "");
  const note = (/** @type {string} */ kind, /** @type {object} */ facts = {}, /** @type {any} */ target = null) => {
    if (++count > MOST_A_BEAT || notes.length > MOST_KEPT) {
      left++;
      return;
    }
    const now = Date.now();
    last = Math.max(now, last + 1);
    const item = view.screen ? null : find("[data-question]:not([hidden])")?.getAttribute("data-question");
    const cause = target?.closest?.("[data-panel]")?.dataset.panel ?? Object.entries(CAUSES).find(([, there]) => find(there))?.[0];
    notes.push(/** @type {any} */ ({ number: last, kind, item, cause, typing: now - typed < NEAR_MS, ...facts }));
    keep();
  };
  const on = (/** @type {string} */ names, /** @type {(event: any) => void} */ act) => names.split(" ").forEach((name) => addEventListener(name, act));
  on("blur focus visibilitychange", () => {
    const now = document.hidden ? "hidden" : document.hasFocus() ? "focus" : away === "hidden" ? away : "blur";
    if (now !== away) note(now);
    away = now;
  });
  const full = () => view.setBanner("full-screen", "fullScreen" in dataset && document.fullscreenEnabled && !document.fullscreenElement);
  on("fullscreenchange", () => {
    full();
    note(document.fullscreenElement ? "full_screen_back" : "full_screen_left");
  });
  on("pagehide", () => (count = MOST_A_BEAT)); // that a page which is left gets hidden says nothing
  on("input", () => (typed = Date.now()));
  on("beforeprint contextmenu", ({ type, target }) => note(type, {}, target));
  on("copy cut", ({ type, target }) => note(type, { amount: `${getSelection()}`.length }, target));
  on("paste drop", (event) => {
    const { target, clipboardData, dataTransfer } = event;
    const amount = (clipboardData ?? dataTransfer).getData("text").length;
    if (!amount || !target.matches("input, textarea")) return; // a file, or a part of the question that is moved
    const refused = "noPaste" in dataset && target.closest("item-interaction") !== null;
    note(refused ? "paste_refused" : "paste", { amount }, target);
    view.setBanner("no-paste", refused);
    if (refused) event.preventDefault();
  });
  const look = async () => {
    const { isExtended, availLeft } = /** @type {any} */ (screen);
    if (screens && place !== availLeft) note("screen_changed");
    place = availLeft;
    const seen = ["screens_one", "screens_several"][Number(isExtended)] ?? "screens_unknown";
    if (screens !== seen) note((screens = seen));
    const zoom = Math.min(outerWidth / innerWidth, (outerHeight - BAR_PX) / innerHeight); // of the page, of the device, or of both
    const wide = matchMedia("(hover)").matches && Math.max(outerWidth - innerWidth * zoom, outerHeight - innerHeight * zoom) > BARS_PX;
    if (wide && !shape) note("window_shape");
    shape = wide;
    const amount = Math.min(Math.abs(clock() - offset), 1e9) | 0;
    if (amount > NEAR_MS) note("clock_jumped", { amount });
    offset = clock();
    count = 0;
    const sent = notes.slice(0, 100);
    if (!dataset.csrf || !sent[0]) return;
    const reply = await post({ device: dataset.device, sent_ms: Date.now(), notes: sent });
    if (!reply.ok && reply.status !== 422) return; // again at the next beat; what is not understood is not sent for ever
    notes = notes.filter((one) => !sent.includes(one));
    keep();
    if (left) note("left_out", { amount: left });
    left = 0;
  };
  view.one("[data-full-screen-go]").onclick = () => document.documentElement.requestFullscreen();
  full();
  if (/** @type {any} */ (performance.getEntriesByType("navigation")[0]).type === "reload") note("reloaded");
  void look();
  setInterval(look, BEAT_MS);
}
