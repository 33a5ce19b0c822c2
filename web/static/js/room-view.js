// SPDX-License-Identifier: Apache-2.0
/**
 * What the learner sees and hears in the room around the questions: states, banners, screens, the time. It knows the page's parts
 * and nothing of queues, clocks and lines. Every word comes from the page itself; only places are filled in here.
 */

import { formatTime } from "./clock.js";
import { ItemInteraction } from "./item-interaction.js";
import { fill, hide, put, within } from "./part-texts.js";

/** @typedef {"paused" | "taken" | "over" | "closed" | "section" | "done"} Screen what stands in the questions' place */
/** @typedef {"saved" | "saving" | "unsaved"} SaveState */

/** @typedef {{id: string, at: string, text: string, own?: true}} Message own: the learner wrote it */

const LOW_MS = 5 * 60_000;
const WIDE_REM = 64;
const COLUMNS_REM = 48;

export class RoomView {
  /** @type {Screen | null} */
  screen = null;
  /** @type {HTMLElement} */
  root;
  /** @type {ItemInteraction[]} in the order of the form */
  items;
  /** @type {Record<string, string>} */
  texts;

  /** @param {HTMLElement} root the page's main element */
  constructor(root) {
    this.root = root;
    this.items = /** @type {ItemInteraction[]} */ ([...root.querySelectorAll("item-interaction")]);
    this.texts = JSON.parse(document.getElementById("texts")?.textContent ?? "{}");
    document.querySelector("[data-time-toggle]")?.addEventListener("click", () => this.hideTime(!this.timeHidden));
    this.hideTime(recall("time") === "hidden", false);
    this.one("form").addEventListener("submit", (event) => event.preventDefault());
    new ResizeObserver(() => this.fit()).observe(root);
    this.fit();
  }

  /** @param {string} ref */
  numberOf(ref) {
    return this.items.findIndex((item) => item.item === ref) + 1;
  }

  /** @param {string} ref */
  itemOf(ref) {
    return this.items.find((item) => item.item === ref);
  }

  /** Numbers of these questions, in order. @param {Iterable<string>} refs */
  numbers(refs) {
    const found = [...refs].map((ref) => this.numberOf(ref)).filter((number) => number > 0);
    return [...new Set(found)].sort((a, b) => a - b).join(", ");
  }

  /** What fits beside each other depends on the window and on the size of the text. */
  fit() {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
    const width = document.documentElement.clientWidth / rem;
    const wide = width >= WIDE_REM;
    const map = /** @type {HTMLDetailsElement} */ (this.one("[data-map]"));
    if (String(wide) !== map.dataset.wide) map.open = wide;
    map.dataset.wide = String(wide);
    this.root.toggleAttribute("data-stacked", width < COLUMNS_REM || document.documentElement.dataset.both === "stacked");
  }

  /** @param {SaveState | null} state null: nothing is said of it */
  setSave(state) {
    this.choose("save", state);
  }

  /** @param {"on" | "slow" | "off"} state */
  setLine(state) {
    this.choose("line", state);
  }

  /** @param {"starting" | "on" | "waiting" | "lost" | null} state null: nothing is said of it */
  setCamera(state) {
    this.choose("camera", state);
  }

  /** @param {string} name @param {boolean} on */
  setBanner(name, on) {
    hide(`[data-banner="${name}"]`, !on);
  }

  /** Show a banner with the numbers of the questions it is about. @param {string} name @param {Iterable<string>} refs */
  setList(name, refs) {
    const numbers = this.numbers(refs);
    put(`[data-${name}-list]`, numbers);
    this.setBanner(name, numbers !== "");
  }

  /** Show a banner with one text that has a number in it, or (null) hide it. @param {string} name @param {string | null} text */
  setNotice(name, text) {
    const place = this.root.querySelector(`[data-${name}]`);
    if (place && text !== null && place.textContent !== text) {
      place.textContent = text;
      this.say(text);
    }
    this.setBanner(name, text !== null);
  }

  /** @param {number} ms */
  setTime(ms) {
    if (!Number.isFinite(ms)) return;
    put("[data-time-value]", formatTime(ms));
    document.querySelector("[data-time]")?.toggleAttribute("data-low", ms <= LOW_MS);
  }

  /** The time of the open section; null where it has none of its own. @param {number | null} ms */
  setSectionTime(ms) {
    const hidden = ms === null || this.timeHidden;
    hide("[data-section-time]", hidden);
    put("[data-section-left]", hidden ? "" : formatTime(ms));
    document.querySelector("[data-section-time]")?.toggleAttribute("data-low", ms !== null && ms <= LOW_MS / 5);
  }

  get timeHidden() {
    return document.documentElement.dataset.time === "hidden";
  }

  /** @param {boolean} hidden @param {boolean} [keep] */
  hideTime(hidden, keep = true) {
    document.documentElement.dataset.time = hidden ? "hidden" : "shown";
    if (keep) remember("time", hidden ? "hidden" : "");
    document.querySelector("[data-time-toggle]")?.setAttribute("aria-pressed", String(hidden));
    hide("[data-time-shown]", hidden);
    hide("[data-time-hidden]", !hidden);
  }

  /** Put a screen in the questions' place, or (null) the questions back. @param {Screen | null} screen */
  setScreen(screen) {
    if (screen === this.screen) return;
    this.screen = screen;
    this.choose("screen", screen);
    hide("[data-questions], [data-side], [data-actions]", screen !== null);
    this.root.toggleAttribute("data-stopped", screen !== null);
    this.root.dispatchEvent(new Event("screen"));
    if (screen !== null) {
      for (const dialog of document.querySelectorAll("dialog")) dialog.close();
      this.one(`[data-screen="${screen}"]`).focus();
    } else this.focusOnQuestion();
  }

  focusOnQuestion() {
    const heading = this.one(this.screen === null ? "[data-heading]" : `[data-screen="${this.screen}"]`);
    heading.focus({ preventScroll: true });
  }

  /** While the last answers cannot be sent after the end. @param {boolean} offline */
  setOverOffline(offline) {
    this.choose("over", offline ? "offline" : "sending");
  }

  /** Say something to screen readers, politely. @param {string | undefined} text */
  say(text) {
    if (text) this.one("[data-say]").textContent = text;
  }

  /** Say one of the page's texts. @param {string} name @param {Record<string, string | number>} [values] */
  tell(name, values = {}) {
    this.say(this.text(name, values));
  }

  /** @param {string} name @param {Record<string, string | number>} [values] */
  text(name, values = {}) {
    return fill(this.texts[name], values);
  }

  /** Of the words for one thing, show those of `state`. @param {string} kind @param {string | null} state */
  choose(kind, state) {
    for (const part of document.querySelectorAll(`[data-${kind}]`)) {
      part.toggleAttribute("hidden", part.getAttribute(`data-${kind}`) !== state);
    }
  }

  /** @param {string} selector */
  one(selector) {
    return within(this.root, selector);
  }
}

/** @param {string} selector @param {(button: HTMLElement) => void} act */
export function onClick(selector, act) {
  for (const button of document.querySelectorAll(selector)) button.addEventListener("click", () => act(/** @type {HTMLElement} */ (button)));
}

/** @param {Event} event @returns {any} */
export function detailOf(event) {
  return /** @type {CustomEvent} */ (event).detail;
}

/** A choice that holds on this device, for every test. @param {string} name @param {string} value "" for none */
export function remember(name, value) {
  try {
    if (value) localStorage.setItem(`kasauti-${name}`, value);
    else localStorage.removeItem(`kasauti-${name}`);
  } catch {
    // No storage: the choice holds for this page.
  }
}

/** @param {string} name */
export function recall(name) {
  try {
    return localStorage.getItem(`kasauti-${name}`) ?? "";
  } catch {
    return "";
  }
}

/** Messages of the proctor: shown until the learner says that they are read, kept in a history. Their words are never markup. */
export class RoomMessages {
  /** @type {Message[]} oldest first */
  #all = [];
  /** The newest message that was read on this device; ids sort by age. */
  #read = "";
  /** @type {RoomView} */
  #view;
  #memory;

  /** @param {RoomView} view */
  constructor(view) {
    this.#view = view;
    this.#memory = `messages-${view.root.dataset.attempt}`;
    this.#read = recall(this.#memory);
    const dialog = /** @type {HTMLDialogElement} */ (document.querySelector("[data-messages-dialog]"));
    onClick("[data-messages]", () => dialog.showModal());
    onClick("[data-acknowledge]", () => this.#acknowledge());
  }

  get #unread() {
    return this.#all.filter(({ id, own }) => !own && id > this.#read);
  }

  /** @param {Message[]} messages oldest first @param {boolean} [hand] whether the learner's hand is up */
  show(messages, hand) {
    this.#view.choose("hand", hand ? "up" : "down");
    const known = new Set(this.#all.map((message) => message.id));
    this.#all = messages;
    this.#draw();
    for (const { text } of this.#unread.filter((message) => !known.has(message.id)).slice(-1)) this.#view.tell("message", { text });
  }

  #acknowledge() {
    this.#read = this.#all.at(-1)?.id ?? "";
    remember(this.#memory, this.#read);
    this.#draw();
    this.#view.focusOnQuestion();
  }

  #draw() {
    fillList(this.#view.root.querySelector("[data-unread]"), this.#unread);
    fillList(document.querySelector("[data-history]"), [...this.#all].reverse());
    this.#view.setBanner("message", this.#unread.length > 0);
    if (this.#all[0]) hide("[data-messages]", false);
    put("[data-messages-count]", `(${this.#all.length})`);
  }
}

/** The hour and the minute, as people here write them. @param {string | number} at */
export function timeOf(at) {
  return new Date(at).toLocaleTimeString(document.documentElement.lang, { timeStyle: "short" });
}

/** @param {Element | null} list @param {Message[]} messages */
function fillList(list, messages) {
  list?.replaceChildren(
    ...messages.map(({ at, text, own }) => {
      const entry = document.createElement("li");
      const time = document.createElement("time");
      time.dateTime = at;
      time.textContent = own ? `${list.getAttribute("data-own")}, ${timeOf(at)}` : timeOf(at);
      const words = document.createElement("span");
      words.textContent = text;
      entry.append(time, words);
      return entry;
    }),
  );
}

/**
 * One window of this browser at a time: the windows share a journal, so only the one that holds the lock may write to it.
 * Other devices are kept apart by the server's lease.
 */
export class TabLock {
  /** @type {string} */
  #name;
  /** @type {() => void} called when another window took the lock away */
  #onLost;

  /**
   * @param {string} name
   * @param {() => void} onLost
   */
  constructor(name, onLost) {
    this.#name = name;
    this.#onLost = onLost;
  }

  /**
   * Take the lock and keep it while this page lives.
   * @param {{steal?: boolean}} [how] steal: take it away from another window
   * @returns {Promise<boolean>} whether this window has it
   */
  take({ steal = false } = {}) {
    const { locks } = navigator;
    if (!locks) return Promise.resolve(true); // an old browser: the server's lease still decides
    return new Promise((resolve) => {
      locks
        .request(this.#name, steal ? { steal } : { ifAvailable: true }, (lock) => {
          resolve(lock !== null);
          return lock === null ? undefined : new Promise(() => {});
        })
        .catch(() => this.#onLost());
    });
  }
}
