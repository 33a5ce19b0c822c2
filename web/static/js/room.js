// SPDX-License-Identifier: Apache-2.0
/**
 * The test room: joins the questions, the sections, the journal, the queue, the clocks, the lease and (last, when the first
 * question is usable) the camera. The server decides everything; this page only never loses an answer and never lies about it.
 */

import { RoomTime } from "./clock.js";
import { Journal } from "./journal.js";
import { RoomSaves } from "./room-saves.js";
import { Poll, RoomServer } from "./room-server.js";
import { RoomMessages, RoomView, TabLock, detailOf, onClick, remember } from "./room-view.js";
import { RoomReview, RoomWalk } from "./room-walk.js";
import { SaveQueue, pause, sendBy } from "./save-queue.js";
import { Sections } from "./sections.js";

/** @typedef {import("./room-server.js").RoomState} RoomState @typedef {import("./journal.js").Move} Move */

/** A page out of this device's store says so only when the server has not answered after this. */
const QUIET_MS = 1500;
/** With more than this left by the server, a test that our count took for over goes on. */
const SOON_MS = 1000;

const root = /** @type {HTMLElement} */ (document.getElementById("room"));
const data = /** @type {Record<string, string>} */ (/** @type {unknown} */ (root.dataset));
/** The page came out of this device's store: what it says of time and answers is not true yet. */
const packaged = "offline" in data;
const view = new RoomView(root);
const sections = new Sections(JSON.parse(document.getElementById("sections")?.textContent ?? "[]"), view.items.map((item) => item.item));
const walk = new RoomWalk(view, sections);
const review = new RoomReview(view, walk, sections);
const messages = new RoomMessages(view);
const saves = new RoomSaves(view, walk, review);
const time = new RoomTime(view, sections);
/** Where to ask and send, from the page: stateUrl, saveUrl, moveUrl, leaseUrl, submitUrl, csrf. */
const to = /** @type {any} */ ({ ...data });
const server = new RoomServer(to);
const lock = new TabLock(`kasauti-room-${data.attempt}`, () => {
  locked = false;
  lose();
});
const poll = new Poll(ask);

let journal = /** @type {Journal} */ (/** @type {unknown} */ (undefined));
let queue = /** @type {SaveQueue} */ (/** @type {unknown} */ (undefined));
/** @type {{rest(): void, wake(): void} | undefined} the camera and its line, once they are loaded */
let eyes;
/** Resolves when answers can be written down; what is chosen before then waits for it. */
let opened = () => {};
const ready = new Promise((/** @type {(value: void) => void} */ resolve) => (opened = resolve));
/** The epoch of this device's lease; 0 while it has none. */
let epoch = 0;
/** The version of the state that we hold; 0 for none. */
let version = 0;
/** Whether this window is the one of its browser, and (holding) whether its device has the lease as well. */
let locked = false;
let holding = false;
/** Whether the server has said how things stand since this page was opened. */
let settled = false;
let taken = false;
/** Our count of the time stands at nothing: nothing can be answered until the server says more. */
let over = false;
let [ending, leaving] = [false, false];
/** @type {{move: string, target: string, at: number}[]} moves with the monotonic ms of their acknowledgement */
const moved = [];
root.addEventListener("editing", (event) => when(() => queue.edit(detailOf(event).item)));
root.addEventListener("unchanged", (event) => when(() => queue.unedit(detailOf(event).item)));
root.addEventListener("answer", (event) => {
  const { item, value } = detailOf(event);
  saves.touch(item);
  when(() => queue.add(item, value));
});
walk.addEventListener("step", (event) => move("visit", detailOf(event).ref));
walk.addEventListener("confirm", (event) => move("confirm", detailOf(event).ref));
walk.addEventListener("flag", () => saves.refresh());
time.addEventListener("over", timeIsUp);
time.addEventListener("section-over", sectionIsUp);
onClick("[data-section-start]", () => when(() => view.screen === "section" && move("enter_section", sections.next?.id ?? "")));
onClick("[data-take-over]", () => void takeOver());
onClick("[data-settings]", () => void import("./room-tools.js").then(({ openSettings }) => openSettings(view, walk)));
onClick("[data-tool]", (button) => void import("./room-tools.js").then(({ toggle }) => toggle(button.dataset.tool ?? "", view)));
addEventListener("pageshow", ({ persisted }) => {
  if (!persisted || !(leaving || journal?.durable)) return;
  leaving = true; // what the browser kept of this page may be long out of date, and another window may have the lock
  location.reload();
});
void begin();

async function begin() {
  if (!packaged) {
    const loaded = /** @type {PerformanceNavigationTiming | undefined} */ (performance.getEntriesByType("navigation")[0]);
    time.take(Number(data.remainingMs), loaded?.requestStart ?? 0, loaded?.responseStart || performance.now());
  }
  follow();
  flush(); // what was answered before this script ran
  locked = await lock.take();
  if (locked) await open();
  else lose();
  poll.start();
}

/** The window is ours: read the journal, make the questions usable, then settle the lease with the server. */
async function open() {
  journal = await Journal.open(data.attempt);
  root.dataset.device = journal.device; // an upload names it
  const known = packaged ? await restore() : null;
  saves.queue = queue = new SaveQueue(journal, sendBy(to));
  listen();
  for (const { item, value } of journal.pending) restoreOne(item, value);
  sections.apply({}, queue.movesWaiting);
  if (known) guessSection(known);
  follow();
  opened();
  saves.refresh();
  await poll.now();
  if ("requestIdleCallback" in globalThis) requestIdleCallback(late, { timeout: 2000 });
  else setTimeout(late, 500);
}

/** A page out of this device's store: show what is known, and go on without a line. */
async function restore() {
  const known = await journal.recall();
  sections.apply(known.state ?? {}, /** @type {any[]} */ (known.moves));
  flush();
  for (const { item } of view.items) restoreOne(item, known.answers[item] ?? null);
  epoch = known.state?.holder ? known.state.epoch : 0;
  if (known.remainingMs !== null) time.take(known.remainingMs);
  const restored = journal.pending.filter((entry) => entry.kind !== "move").length;
  setTimeout(() => {
    if (!settled) view.setNotice("restored", view.text(restored > 0 ? "restored" : "restoredNone", { count: restored }));
  }, QUIET_MS);
  return known;
}

/** Show an answer out of the journal, unless the learner was quicker. @param {string} ref "" of a move @param {import("./journal.js").Value} value */
function restoreOne(ref, value) {
  const item = view.itemOf(ref);
  if (!item?.touched) item?.show(value);
}

/** What is left of the open section by this device's own clock, until the server says it. @param {import("./journal.js").Known} known */
function guessSection({ moves, at }) {
  const id = sections.current?.id ?? "";
  const left = sections.timeOf(id);
  const entered = [...moves, ...journal.pending].find(({ move, target }) => move === "enter_section" && target === id);
  const gone = Date.now() - (entered ? Date.parse(entered.client_time) : at);
  time.takeSection(left && Math.max(0, left - Math.max(0, gone)));
}

/** What can wait until the questions are usable. Where the line was cut before it came, it is tried again when it is back. */
function late() {
  import("./room-tools.js")
    .then(({ accompany }) => accompany({ view, server, journal, holding: () => holding, onChanged: () => poll.pushed() }))
    .then((watching) => ("proctored" in root.dataset ? (eyes = watching) : watching?.rest()))
    .catch(() => addEventListener("online", late, { once: true }));
}

function listen() {
  queue.addEventListener("change", () => saves.setDurable(journal.durable));
  queue.addEventListener("ack", (event) => {
    const { entry, ack, sentAt, receivedAt } = detailOf(event);
    time.take(ack.remaining_ms, sentAt, receivedAt);
    if (entry.kind === "move") {
      moved.push({ move: entry.move, target: entry.target, at: receivedAt });
      if (queue.movesWaiting.length === 0) {
        time.takeSection(ack.section_remaining_ms ?? null, sentAt, receivedAt);
        settle(ack.withheld);
      }
    }
    saves.setSignedOut(false);
  });
  queue.addEventListener("signed-out", () => saves.setSignedOut(true));
  queue.addEventListener("refused", (event) => {
    const { entry, code, late } = detailOf(event);
    if (entry.kind !== "move") saves.refuse(entry.item, code, late);
    version = 0; // whatever we believed, the server sees it otherwise
    void poll.now();
  });
  addEventListener("beforeunload", (event) => {
    if (!leaving && queue.waiting > 0 && !(saves.signedOut && journal.durable)) event.preventDefault();
  });
  addEventListener("pagehide", () => {
    journal.leaving = true;
    flush();
  });
  const look = (/** @type {boolean} */ section) => (flush(), review.open({ section, unsaved: queue.state !== "saved" }));
  onClick("[data-review], [data-hand-in]", () => look(false));
  onClick("[data-leave]", () => look(true));
  onClick("[data-leave-now]", () => {
    review.dialog.close();
    if (sections.current) move("leave_section", sections.current.id);
  });
  onClick("[data-submit]", () => void handIn());
}

/** A move of ours: it goes the way of the answers, and holds here at once. @param {Move} kind @param {string} target */
function move(kind, target) {
  flush();
  sections.move(kind, target);
  when(() => queue.move(kind, target));
  if (kind === "enter_section") time.takeSection(sections.timeOf(target));
  if (kind.endsWith("section")) follow();
}

/** Go on past questions of an adaptive section that need not be asked any more. @param {string[]} [withheld] */
function settle(withheld) {
  if (!withheld || !holding) return;
  const next = sections.spare(withheld, walk.look);
  if (next === "") {
    view.tell("settled");
    move("leave_section", sections.current?.id ?? "");
  } else if (next !== null) walk.go(view.numberOf(next) - 1);
  else walk.follow();
}

/** Show what follows from the sections and from how things stand. */
function follow() {
  walk.follow();
  const next = sections.explicit && sections.current === null ? sections.next : null;
  if (next) walk.announce(next);
  show();
}

/** What stands in the questions' place follows from how things stand; nothing else decides it. */
function show() {
  if (ending) return;
  const between = sections.explicit && sections.current === null;
  view.setScreen(taken ? "taken" : time.paused ? "paused" : over ? "over" : between ? (sections.next ? "section" : "done") : null);
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
  if (reply.ok) return apply(reply.body, reply.sentAt, reply.receivedAt);
  saves.blame(reply);
  if (reply.status !== 0 || epoch === 0) return;
  taken = false; // no line, and this device had the lease when we last heard: another window of it may go on
  show();
}

/** Another window or device has the test: stop writing at once. What is in the journal is still offered to the server. */
function lose() {
  if (queue) flush(); // under the lease that it was typed under
  else view.setSave(null);
  holding = false;
  taken = true;
  epoch = 0;
  version = 0;
  eyes?.rest();
  view.tell("taken");
  show();
}

/** Ask how things stand. @returns {Promise<boolean>} whether the server answered */
async function ask() {
  if (!queue || leaving) return true;
  const reply = await server.state(journal.device, epoch || Number(data.epoch), { since: version, pending: queue.waiting });
  if (reply.ok) apply(reply.body, reply.sentAt, reply.receivedAt);
  else saves.blame(reply);
  view.setOverOffline(!reply.ok);
  if (ending) review.busy(true, !reply.ok);
  view.setLine(reply.ok ? (reply.receivedAt - reply.sentAt > 2000 ? "slow" : "on") : "off");
  return reply.ok;
}

/** Our moves that a state asked for at this instant may not know of. @param {number} askedAt */
function since(askedAt) {
  return [...moved.filter(({ at }) => at > askedAt), ...queue.movesWaiting];
}

/** Take in the server's state. @param {RoomState} state @param {number} sentAt @param {number} receivedAt */
function apply(state, sentAt, receivedAt) {
  saves.setSignedOut(false);
  view.setNotice("restored", null);
  if (state.unchanged) {
    time.take(state.remaining_ms, sentAt, receivedAt);
    journal.remember(null, state.remaining_ms);
    if (sections.current && since(sentAt).length === 0) time.takeSection(state.section_remaining_ms ?? null, sentAt, receivedAt);
    queue.nudge();
    judgeEnd(state.remaining_ms);
    return;
  }
  if ((state.version ?? 0) < version && state.state !== "submitted") return; // asked for before this device took over
  version = state.version ?? 0;
  settled = true;
  if (state.csrf) root.dataset.csrf = to.csrf = state.csrf;
  messages.show(state.messages ?? [], state.hand);
  if (state.proctored === false && "proctored" in root.dataset) {
    unwatch(); // the consent was taken back
  }
  if (state.state === "submitted") {
    saves.tellOthers(state);
    void finish();
    return;
  }
  const wasPaused = time.paused;
  time.paused = state.state === "paused";
  time.take(state.remaining_ms, sentAt, receivedAt);
  journal.remember(state, state.remaining_ms);
  sections.apply(state, since(sentAt));
  if (sections.current) time.takeSection(sections.timeOf(sections.current.id), sentAt, receivedAt);
  saves.tellOthers(state);
  if (!state.holder || !locked) {
    if (state.epoch === 0) void claim();
    else if (holding || !taken) lose();
    queue.start(0);
    return;
  }
  const fresh = !holding;
  holding = true;
  taken = false;
  epoch = state.epoch;
  journal.skipTo(state.last_seq ?? 0);
  if (fresh) {
    flush();
    saves.adopt(state.answers);
    eyes?.wake();
  } else saves.heal(state.answers, sentAt);
  queue.start(epoch);
  follow();
  if (queue.movesWaiting.length === 0) settle(state.withheld);
  judgeEnd(state.remaining_ms);
  if (time.paused !== wasPaused) view.tell(time.paused ? "paused" : "resumed");
  saves.refresh();
}

/** From now on nobody watches: camera and microphone are let go. */
function unwatch() {
  delete root.dataset.proctored;
  eyes?.rest();
  eyes = undefined;
  view.setCamera(null);
}

/** The time of the test stands at nothing by our count: no more input. What follows is the server's to say, and it is asked at once. */
function timeIsUp() {
  if (over || ending || taken) return;
  over = true;
  flush();
  view.tell("over");
  show();
  void poll.now();
}

/** The server has said how much time is left. Only where it is none, a test that our count took for over is handed in. @param {number} left ms */
function judgeEnd(left) {
  if (over && left > SOON_MS) {
    over = ending = false;
    review.busy(false);
    show();
  } else if (over && holding && !time.paused) {
    if (left > 0) setTimeout(() => void poll.now(), left);
    else void handIn();
  }
}

/** The time of the open section stands at nothing: what stands there counts, and nothing more. */
function sectionIsUp() {
  const section = sections.current;
  if (!section || ending || taken) return;
  flush();
  sections.timeOver(section.id);
  view.tell("sectionOver");
  follow();
  void poll.now();
}

/** The learner hands in, or the time is over. */
async function handIn() {
  if (ending) return;
  ending = true;
  flush();
  review.busy(true);
  await submit();
}

/** Everything out, then hand in; again and again until the server has answered. */
async function submit() {
  for (let tries = 1; ending && !leaving; tries += 1) {
    if (!(await queue.drained(5000))) continue; // nothing is handed in before it is all there
    const reply = await server.submit(journal.device, epoch);
    if (reply.ok || reply.code === "attempt_closed") return finish();
    if (reply.code === "lease_lost") {
      ending = false;
      review.busy(false);
      return lose();
    }
    saves.blame(reply);
    await pause(tries);
  }
}

/** The server has closed the attempt: offer it what is left here (it is kept there as late), then go on. */
async function finish() {
  if (leaving) return;
  ending = true;
  unwatch();
  flush();
  view.setScreen("closed");
  queue.start(epoch || 1); // without a lease as well: it is kept there as late
  await queue.drained(60_000);
  if (saves.late.size > 0 || leaving) return; // it is said here, and so is what becomes of them
  leaving = true;
  data.left = ""; // from now on nothing is noted down
  for (const name of ["room", "messages", "notes", "noted", "call"]) remember(`${name}-${data.attempt}`, "");
  void journal.forget().finally(() => location.assign(data.nextUrl));
}

/** Act at once, or as soon as it can be written down. @param {() => unknown} act */
function when(act) {
  if (queue) act();
  else void ready.then(act);
}

/** Take in what stands in questions that can be answered, and is not told yet. */
function flush() {
  for (const item of view.items) if (sections.judge(item.item, walk.look) === "open") item.flush();
}
