// SPDX-License-Identifier: Apache-2.0
/**
 * The test room: joins the questions, the journal, the queue, the clock, the lease and (last, when the first question is
 * usable) the camera. The server decides everything; this page only never loses an answer and never lies about it.
 */

import { Clock, crossedMark } from "./clock.js";
import { Journal } from "./journal.js";
import { RoomServer } from "./room-server.js";
import { RoomView, fill } from "./room-view.js";
import { SaveQueue, backoff, sendBy } from "./save-queue.js";
import { TabLock } from "./tab-lock.js";

/** @typedef {import("./room-server.js").RoomState} RoomState */
/** @typedef {import("./journal.js").Value} Value */

const POLL_MS = 10_000;
const POLL_JITTER_MS = 2000;
/** More than this and the learner is told of it. */
const TOLD_EXTRA_MS = 5000;

const root = /** @type {HTMLElement} */ (document.getElementById("room"));
const data = /** @type {Record<string, string>} */ (/** @type {unknown} */ (root.dataset));
const view = new RoomView(root);
const clock = new Clock();
const to = {
  stateUrl: data.stateUrl ?? "",
  saveUrl: data.saveUrl ?? "",
  leaseUrl: data.leaseUrl ?? "",
  submitUrl: data.submitUrl ?? "",
  csrf: data.csrf ?? "",
};
const server = new RoomServer(to);
const marks = (data.announce ?? "").split(",").map(Number);
const lock = new TabLock(`kasauti-room-${data.attempt}`, () => {
  locked = false;
  lose();
});

/** @type {Journal} */
let journal;
/** @type {SaveQueue} */
let queue;
/** @type {{rest(): void, wake(): void} | null} the camera and its line, once they are loaded */
let eyes = null;
/** Resolves when answers can be written down; what is chosen before then waits for it. */
/** @type {() => void} */
let opened = () => {};
const ready = new Promise((/** @type {(value: void) => void} */ resolve) => (opened = resolve));
/** The epoch of this device's lease; 0 while it has none. */
let epoch = 0;
/** Whether this window is the one of its browser, and (holding) whether its device has the lease as well. */
let locked = false;
let holding = false;
let ending = false;
let leaving = false;
let polling = false;
let failed = false;
let signedOut = false;
let lastTime = Infinity;
/** @type {Map<string, number>} item -> monotonic ms of the last answer given here */
const touched = new Map();
/** @type {Set<string>} item and value that were sent once more because the server did not hold them */
const healed = new Set();
/** @type {Record<"refused" | "replaced" | "late", Set<string>>} */
const lists = { refused: new Set(), replaced: new Set(), late: new Set() };

root.addEventListener("editing", (event) => void ready.then(() => queue.edit(detailOf(event).item)));
root.addEventListener("unchanged", (event) => void ready.then(() => queue.unedit(detailOf(event).item)));
root.addEventListener("answer", (event) => {
  const { item, value } = detailOf(event);
  touched.set(item, performance.now());
  for (const list of Object.values(lists)) list.delete(item);
  void ready.then(() => queue.add(item, value));
});
root.querySelector("[data-take-over]")?.addEventListener("click", () => void takeOver());
void begin();

async function begin() {
  const loaded = /** @type {PerformanceNavigationTiming | undefined} */ (performance.getEntriesByType("navigation")[0]);
  takeTime(Number(data.remainingMs), loaded?.requestStart ?? 0, loaded?.responseStart || performance.now(), data.state === "paused");
  setInterval(tick, 250);
  if (data.state === "submitted") {
    view.setScreen("closed");
    return;
  }
  locked = await lock.take();
  if (locked) await open();
  else lose();
  setTimeout(() => void beat(), pollDelay());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void poll();
  });
  addEventListener("online", () => void poll());
}

/** The window is ours: read the journal, make the questions usable, then settle the lease with the server. */
async function open() {
  journal = await Journal.open(data.attempt ?? "");
  queue = new SaveQueue(journal, sendBy(to));
  root.dataset.device = journal.device; // an upload names it
  listen();
  for (const entry of journal.pending) {
    if (!touched.has(entry.item)) view.items.find((item) => item.item === entry.item)?.show(entry.value);
  }
  opened();
  refresh();
  await poll();
  if ("proctored" in root.dataset) whenIdle(() => void watch());
}

function listen() {
  root.addEventListener("flag", refresh);
  queue.addEventListener("change", refresh);
  queue.addEventListener("ack", (event) => {
    const { ack, sentAt, receivedAt } = detailOf(event);
    takeTime(ack.remaining_ms, sentAt, receivedAt, view.screen === "paused");
    if (signedOut) setSignedOut(false);
  });
  queue.addEventListener("signed-out", () => setSignedOut(true));
  queue.addEventListener("refused", (event) => {
    const { entry, code } = detailOf(event);
    const late = code === "attempt_closed" || code === "late_answer";
    lists[late ? "late" : code === "lease_lost" ? "replaced" : "refused"].add(entry.item);
    refresh();
    if (late || code === "lease_lost") void poll();
  });
  addEventListener("beforeunload", (event) => {
    if (!leaving && queue.waiting > 0 && !(signedOut && journal.durable)) event.preventDefault();
  });
  addEventListener("pagehide", flush);
  for (const button of document.querySelectorAll("[data-review]")) {
    button.addEventListener("click", () => {
      flush();
      view.review((item) => queue.stateOf(item));
    });
  }
  document.querySelector("[data-submit]")?.addEventListener("click", () => void handIn());
}

/** Begin to hold the test on this device, because the learner said so. */
async function takeOver() {
  if (!locked) {
    locked = await lock.take({ steal: true });
    if (journal === undefined) await open();
    else await journal.reread();
  }
  if (!holding) await claim();
}

async function claim() {
  const reply = await server.lease(journal.device);
  if (reply.ok) apply(reply.body, reply.sentAt, reply.receivedAt);
  else sayWhy(reply);
}

/** Another window or device has the test: stop writing at once. What is in the journal is still offered to the server. */
function lose() {
  if (queue !== undefined) flush(); // under the lease that it was typed under
  holding = false;
  epoch = 0;
  eyes?.rest();
  view.say(view.texts.taken);
  view.setScreen("taken");
}

async function beat() {
  await poll();
  setTimeout(() => void beat(), pollDelay());
}

/** Ask how things stand. One question at a time. */
async function poll() {
  if (journal === undefined || polling || leaving) return;
  polling = true;
  try {
    const reply = await server.state(journal.device, epoch || Number(data.epoch));
    failed = !reply.ok;
    if (reply.ok) apply(reply.body, reply.sentAt, reply.receivedAt);
    else sayWhy(reply);
  } finally {
    polling = false;
  }
}

/** @param {{status: number, code: string}} reply */
function sayWhy({ status, code }) {
  if (status === 401 || status === 403 || code === "page_unknown") setSignedOut(true);
}

/**
 * Take in the server's state.
 * @param {RoomState} state
 * @param {number} sentAt
 * @param {number} receivedAt
 */
function apply(state, sentAt, receivedAt) {
  if (signedOut) setSignedOut(false);
  view.setMessage(state.notice);
  if (state.state === "submitted") {
    void finish();
    return;
  }
  const paused = state.state === "paused";
  const wasPaused = view.screen === "paused";
  takeTime(state.remaining_ms, sentAt, receivedAt, paused);
  if (!state.holder || !locked) {
    if (state.epoch === 0) void claim();
    else if (holding || view.screen === null) lose();
    queue.start(0);
    return;
  }
  const fresh = !holding;
  holding = true;
  epoch = state.epoch;
  journal.skipTo(state.last_seq ?? 0);
  if (fresh) {
    adopt(state.answers);
    eyes?.wake();
  } else heal(state.answers, sentAt);
  queue.start(epoch);
  queue.nudge();
  if (!ending) view.setScreen(paused ? "paused" : null);
  if (paused !== wasPaused) view.say(paused ? view.texts.paused : view.texts.resumed);
  refresh();
}

/** The test is ours again: show what the server holds, except where this device has something newer on its way. */
function adopt(/** @type {RoomState["answers"]} */ answers) {
  for (const item of view.items) {
    if (queue.isBusy(item.item)) continue;
    item.show(answers[item.item]?.value ?? null);
  }
}

/** An answer shown as saved that the server does not hold is sent once more. It must not happen; if it does, nothing is lost. */
function heal(/** @type {RoomState["answers"]} */ answers, /** @type {number} */ askedAt) {
  for (const item of view.items) {
    if (queue.isBusy(item.item) || (touched.get(item.item) ?? -Infinity) >= askedAt - POLL_MS) continue;
    if (!touched.has(item.item) || lists.refused.has(item.item)) continue;
    const key = `${item.item} ${same(item.value)}`;
    if (same(item.value) === same(answers[item.item]?.value ?? null) || healed.has(key)) continue;
    healed.add(key);
    void queue.add(item.item, item.value);
  }
}

/** @param {number} ms @param {number} sentAt @param {number} receivedAt @param {boolean} paused */
function takeTime(ms, sentAt, receivedAt, paused) {
  if (paused) clock.freeze(ms);
  else {
    const moved = clock.sample(ms, sentAt, receivedAt);
    if (Number.isFinite(moved) && moved > TOLD_EXTRA_MS) view.say(view.texts.timeAdded);
  }
}

function tick() {
  const left = clock.remaining;
  view.setTime(left);
  const mark = crossedMark(lastTime, left, marks);
  if (mark !== null && Number.isFinite(lastTime)) {
    view.say(fill(mark === 1 ? view.texts.minute : view.texts.minutes, { minutes: mark }));
  }
  lastTime = left;
  if (left === 0 && !ending && holding) void timeOver();
}

/** The time is up: no more input, everything out, hand in. The server would close the attempt in any case. */
async function timeOver() {
  ending = true;
  flush();
  view.say(view.texts.over);
  view.setScreen("over");
  await submit();
}

/** The learner hands in. */
async function handIn() {
  if (ending) return;
  ending = true;
  flush();
  view.setHandingIn(true);
  await submit();
}

/** Everything out, then hand in; again and again until the server has answered. */
async function submit() {
  for (let tries = 1; !leaving; tries += 1) {
    if (!(await queue.drained(5000))) {
      view.setHandingIn(true, !navigator.onLine);
      view.setOverOffline(!navigator.onLine);
      continue; // nothing is handed in before it is all there
    }
    const reply = await server.submit(journal.device, epoch);
    if (reply.ok) return leave(reply.body.next);
    if (reply.code === "attempt_closed") return finish();
    if (reply.code === "lease_lost") {
      ending = false;
      view.setHandingIn(false);
      return lose();
    }
    sayWhy(reply);
    view.setHandingIn(true, reply.status === 0);
    view.setOverOffline(reply.status === 0);
    await new Promise((resolve) => setTimeout(resolve, backoff(tries, Math.random())));
  }
}

/** The server has closed the attempt: offer it what is left here (it is kept there as late), then go on. */
async function finish() {
  if (leaving) return;
  ending = true;
  view.setScreen("closed");
  queue.start(epoch);
  await queue.drained(60_000);
  if (lists.late.size === 0) leave(data.nextUrl ?? "/");
}

/** @param {string} next */
function leave(next) {
  leaving = true;
  view.forget();
  void journal.forget().finally(() => location.assign(next));
}

function flush() {
  for (const item of view.items) item.flush();
}

/** @param {boolean} out */
function setSignedOut(out) {
  signedOut = out;
  view.setBanner("signed-out", out);
  refresh();
}

let told = "saved";
function refresh() {
  if (queue === undefined) return;
  const { state } = queue;
  view.setSave(state);
  view.setBanner("offline", !navigator.onLine);
  view.setBanner("unsaved", state === "unsaved" && navigator.onLine && !signedOut);
  view.setBanner("memory", !journal.durable);
  for (const [name, items] of Object.entries(lists)) view.setList(name, items);
  view.refresh((item) => queue.stateOf(item));
  if (view.dialog.open) view.reviewUnsaved(state !== "saved" && navigator.onLine);
  if (state === "saving" || state === told) return;
  if (state === "unsaved") view.say(navigator.onLine ? view.texts.notSaved : view.texts.offline);
  else if (told === "unsaved") view.say(view.texts.savedAgain);
  told = state;
}
addEventListener("offline", () => {
  view.setBanner("offline", true);
  view.say(view.texts.offline);
});
addEventListener("online", () => view.setBanner("offline", false));

/** The camera and its line: loaded only now, and nothing here can touch an answer. */
async function watch() {
  const [{ Camera }, { ProctorLink }] = await Promise.all([import("./camera.js"), import("./proctor-link.js")]);
  const link = new ProctorLink();
  const camera = new Camera((seq, atMs, jpeg) => link.frame(seq, atMs, jpeg));
  let wasLost = false;
  const show = () => {
    const lost = camera.state === "ended" || camera.state === "denied";
    view.setBanner("camera-lost", holding && camera.state === "ended");
    view.setBanner("camera-denied", holding && camera.state === "denied");
    if (!holding) view.setCamera(null);
    else if (lost) view.setCamera("lost");
    else if (camera.state === "starting") view.setCamera("starting");
    else view.setCamera(camera.state === "on" && link.up && !link.slow ? "on" : "waiting");
    if (lost && !wasLost) view.say(view.texts.cameraLost);
    if (wasLost && camera.state === "on") view.say(view.texts.cameraOn);
    wasLost = lost || (wasLost && camera.state !== "on");
  };
  camera.addEventListener("state", () => {
    if (camera.state !== "starting") link.camera(camera.state);
    show();
  });
  link.addEventListener("line", show);
  link.addEventListener("changed", () => void poll());
  for (const button of root.querySelectorAll("[data-camera-retry]")) {
    button.addEventListener("click", () => void camera.start());
  }
  addEventListener("pagehide", () => camera.stop());
  addEventListener("pageshow", (event) => {
    if (event.persisted && holding) void camera.start();
  });
  eyes = {
    rest() {
      camera.stop();
      link.close();
      show();
    },
    wake() {
      void camera.start();
      void link.connect();
    },
  };
  if (holding) eyes.wake();
}

/** @param {() => void} task */
function whenIdle(task) {
  if ("requestIdleCallback" in globalThis) requestIdleCallback(task, { timeout: 2000 });
  else setTimeout(task, 500);
}

function pollDelay() {
  return (failed ? POLL_MS / 3 : POLL_MS) + (Math.random() * 2 - 1) * POLL_JITTER_MS;
}

/** Two values that mean the same have the same text, whatever the order of the options. @param {Value} value */
function same(value) {
  return JSON.stringify(Array.isArray(value) ? [...value].sort() : value);
}

/** @param {Event} event @returns {any} */
function detailOf(event) {
  return /** @type {CustomEvent} */ (event).detail;
}
