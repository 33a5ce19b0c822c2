// SPDX-License-Identifier: Apache-2.0
/**
 * What the learner sees and hears in the room. It knows the page's parts and nothing of queues, clocks and lines.
 * Every word comes from the page itself; only places are filled in here.
 */

import { ItemInteraction } from "./item-interaction.js";
import { formatTime } from "./clock.js";

/** @typedef {"paused" | "taken" | "over" | "closed"} Screen what stands in the questions' place */
/** @typedef {"saved" | "saving" | "unsaved"} SaveState */

const LOW_MS = 5 * 60_000;

export class RoomView {
  current = 0;
  /** @type {Set<string>} */
  flagged = new Set();
  /** @type {Screen | null} */
  screen = null;
  /** @type {HTMLElement} */
  root;
  /** @type {ItemInteraction[]} in the order of the form */
  items;
  /** @type {Record<string, string>} */
  texts;
  /** @type {string} */
  #memory;

  /** @param {HTMLElement} root the page's main element */
  constructor(root) {
    this.root = root;
    this.items = /** @type {ItemInteraction[]} */ ([...root.querySelectorAll("item-interaction")]);
    this.texts = JSON.parse(document.getElementById("texts")?.textContent ?? "{}");
    this.#memory = `kasauti-room-${root.dataset.attempt}`;
    this.#recall();
    this.#listen();
    this.#go(this.current, { focus: false });
  }

  /** @param {string} ref */
  numberOf(ref) {
    return this.items.findIndex((item) => item.item === ref) + 1;
  }

  /** How many questions have an answer on the screen. */
  get answered() {
    return this.items.filter((item) => item.value !== null).length;
  }

  /** Show the navigator's states anew. @param {(ref: string) => SaveState} stateOf */
  refresh(stateOf) {
    for (const [index, item] of this.items.entries()) {
      const button = this.root.querySelector(`[data-go="${CSS.escape(item.item)}"]`);
      if (!(button instanceof HTMLElement)) continue;
      const answered = item.value !== null;
      const unsaved = stateOf(item.item) === "unsaved";
      const flagged = this.flagged.has(item.item);
      button.toggleAttribute("data-answered", answered);
      button.toggleAttribute("data-unsaved", unsaved);
      button.toggleAttribute("data-flagged", flagged);
      const words = [
        fill(this.texts.question, { number: index + 1 }),
        answered ? this.texts.answered : this.texts.unanswered,
        unsaved ? this.texts.unsaved : "",
        flagged ? this.texts.flagged : "",
      ];
      button.setAttribute("aria-label", words.filter(Boolean).join(", "));
    }
    this.#one("[data-count-answered]").textContent = String(this.answered);
  }

  /** @param {SaveState} state */
  setSave(state) {
    this.#choose("save", state);
  }

  /** @param {"starting" | "on" | "waiting" | "lost" | null} state null: nothing is said of it */
  setCamera(state) {
    this.#choose("camera", state);
  }

  /** @param {string} name @param {boolean} on */
  setBanner(name, on) {
    this.root.querySelector(`[data-banner="${name}"]`)?.toggleAttribute("hidden", !on);
  }

  /** Show a banner with the numbers of the questions it is about. @param {string} name @param {Iterable<string>} refs */
  setList(name, refs) {
    const numbers = [...refs].map((ref) => this.numberOf(ref)).filter((number) => number > 0);
    const list = this.root.querySelector(`[data-${name}-list]`);
    if (list) list.textContent = [...new Set(numbers)].sort((a, b) => a - b).join(", ");
    this.setBanner(name, numbers.length > 0);
  }

  /** @param {string | null} text */
  setMessage(text) {
    const place = this.#one("[data-message]");
    const news = text !== null && text !== place.textContent;
    place.textContent = text;
    this.setBanner("message", text !== null);
    if (news) this.say(text);
  }

  /** @param {number} ms */
  setTime(ms) {
    if (!Number.isFinite(ms)) return;
    const text = formatTime(ms);
    const place = document.querySelector("[data-time-value]");
    if (place && place.textContent !== text) place.textContent = text;
    document.querySelector("[data-time]")?.toggleAttribute("data-low", ms <= LOW_MS);
  }

  /** Put a screen in the questions' place, or (null) the questions back. @param {Screen | null} screen */
  setScreen(screen) {
    if (screen === this.screen) return;
    this.screen = screen;
    for (const part of this.root.querySelectorAll("[data-screen]")) {
      part.toggleAttribute("hidden", part.getAttribute("data-screen") !== screen);
    }
    this.#one("[data-questions]").toggleAttribute("hidden", screen !== null);
    for (const part of document.querySelectorAll("[data-map], [data-actions]")) part.toggleAttribute("hidden", screen !== null);
    this.root.toggleAttribute("data-stopped", screen !== null);
    for (const item of this.items) item.readOnly = screen !== null;
    if (screen !== null) {
      this.dialog.close();
      this.#one(`[data-screen="${screen}"]`).focus();
    } else {
      this.#one("[data-heading]").focus();
    }
  }

  /** While the last answers cannot be sent after the end. @param {boolean} offline */
  setOverOffline(offline) {
    for (const part of this.root.querySelectorAll("[data-over]")) {
      part.toggleAttribute("hidden", (part.getAttribute("data-over") === "offline") !== offline);
    }
  }

  /** Say something to screen readers, politely. @param {string | undefined} text */
  say(text) {
    if (text) this.#one("[data-say]").textContent = text;
  }

  /** @returns {HTMLDialogElement} */
  get dialog() {
    return /** @type {HTMLDialogElement} */ (document.querySelector("[data-review-dialog]"));
  }

  /** Open the review before handing in. @param {(ref: string) => SaveState} stateOf */
  review(stateOf) {
    const { dialog } = this;
    const open = this.items.filter((item) => item.value === null);
    within(dialog, "[data-review-answered]").textContent = String(this.items.length - open.length);
    within(dialog, "[data-review-unanswered]").textContent = String(open.length);
    within(dialog, "[data-review-flagged]").textContent = String(this.flagged.size);
    within(dialog, "[data-review-open]").toggleAttribute("hidden", open.length === 0);
    within(dialog, "[data-review-list]").replaceChildren(...open.map((item) => this.#jump(item.item)));
    this.reviewUnsaved(this.items.some((item) => stateOf(item.item) !== "saved"));
    if (!dialog.open) dialog.showModal();
    within(dialog, "#review-title").focus();
  }

  /** @param {boolean} unsaved */
  reviewUnsaved(unsaved) {
    within(this.dialog, "[data-review-unsaved]").toggleAttribute("hidden", !unsaved);
  }

  /** The hand-in is on its way. @param {boolean} busy @param {boolean} [waiting] for the connection */
  setHandingIn(busy, waiting = false) {
    within(this.dialog, "[data-submit]").toggleAttribute("disabled", busy);
    within(this.dialog, "[data-review-back]").toggleAttribute("disabled", busy);
    within(this.dialog, "[data-submit-idle]").toggleAttribute("hidden", busy);
    within(this.dialog, "[data-submit-busy]").toggleAttribute("hidden", !busy);
    within(this.dialog, "[data-review-waiting]").toggleAttribute("hidden", !waiting);
    if (waiting) this.reviewUnsaved(false);
  }

  #listen() {
    document.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("button") : null;
      if (!button) return;
      const { dataset } = button;
      if (dataset.go !== undefined) this.#go(this.numberOf(dataset.go) - 1);
      else if ("previous" in dataset) this.#go(this.current - 1);
      else if ("next" in dataset) this.#go(this.current + 1);
      else if ("flag" in dataset) this.#flag();
      else if ("timeToggle" in dataset) this.#toggleTime(button);
      else if ("reviewBack" in dataset) this.dialog.close();
    });
    this.dialog.addEventListener("cancel", (event) => {
      if (within(this.dialog, "[data-submit]").hasAttribute("disabled")) event.preventDefault();
    });
    this.root.addEventListener("change", (event) => {
      if (event.target instanceof HTMLInputElement && event.target.name === "show") this.#show(event.target.value);
    });
    this.#one("form").addEventListener("submit", (event) => event.preventDefault());
    const wide = matchMedia("(min-width: 64rem)");
    const map = /** @type {HTMLDetailsElement} */ (this.#one("[data-map]"));
    const fit = () => {
      map.open = wide.matches;
    };
    wide.addEventListener("change", fit);
    fit();
  }

  /** @param {number} index @param {{focus?: boolean}} [how] */
  #go(index, { focus = true } = {}) {
    const item = this.items[index];
    if (!item) return;
    this.current = index;
    for (const part of this.root.querySelectorAll("[data-question]")) {
      part.toggleAttribute("hidden", part.getAttribute("data-question") !== item.item);
    }
    const heading = this.#one("[data-heading]");
    heading.textContent = fill(heading.dataset.text, { number: index + 1, total: this.items.length });
    for (const button of this.root.querySelectorAll("[data-go]")) {
      if (button.getAttribute("data-go") === item.item) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
    }
    const last = index === this.items.length - 1;
    document.querySelector("[data-previous]")?.toggleAttribute("disabled", index === 0);
    document.querySelector("[data-next]")?.toggleAttribute("hidden", last);
    document.querySelector("[data-review-last]")?.toggleAttribute("hidden", !last);
    this.#showFlag();
    if (focus) {
      this.dialog.close();
      heading.focus({ preventScroll: true });
      scrollTo({ top: 0 });
    }
    this.#remember();
  }

  /** @param {string} ref */
  #jump(ref) {
    const number = this.numberOf(ref);
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: String(number) });
    button.dataset.go = ref;
    button.setAttribute("aria-label", fill(this.texts.question, { number }));
    const entry = document.createElement("li");
    entry.append(button);
    return entry;
  }

  #flag() {
    const ref = this.items[this.current]?.item ?? "";
    if (!this.flagged.delete(ref)) this.flagged.add(ref);
    this.#showFlag();
    this.#remember();
    this.root.dispatchEvent(new Event("flag"));
  }

  #showFlag() {
    const on = this.flagged.has(this.items[this.current]?.item ?? "");
    const button = this.#one("[data-flag]");
    button.setAttribute("aria-pressed", String(on));
    within(button, "[data-flag-on]").toggleAttribute("hidden", !on);
    within(button, "[data-flag-off]").toggleAttribute("hidden", on);
  }

  /** @param {string} language */
  #show(language) {
    this.root.dataset.show = language;
    this.#remember();
  }

  /** @param {HTMLElement} button */
  #toggleTime(button) {
    const hide = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(hide));
    document.querySelector("[data-time-shown]")?.toggleAttribute("hidden", hide);
    document.querySelector("[data-time-hidden]")?.toggleAttribute("hidden", !hide);
  }

  /** Of the words for one thing, show those of `state`. @param {string} kind @param {string | null} state */
  #choose(kind, state) {
    for (const part of document.querySelectorAll(`[data-${kind}]`)) {
      part.toggleAttribute("hidden", part.getAttribute(`data-${kind}`) !== state);
    }
  }

  /** Where one was, the flags and the language survive a reload. They are a convenience: losing them loses no answer. */
  #remember() {
    try {
      const kept = { current: this.current, flagged: [...this.flagged], show: this.root.dataset.show };
      localStorage.setItem(this.#memory, JSON.stringify(kept));
    } catch {
      // No storage: a reload begins at the first question.
    }
  }

  #recall() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.#memory) ?? "{}");
      if (this.items[kept.current]) this.current = kept.current;
      this.flagged = new Set((kept.flagged ?? []).filter((/** @type {string} */ ref) => this.numberOf(ref) > 0));
      const radio = this.root.querySelector(`input[name=show][value="${CSS.escape(kept.show ?? "")}"]`);
      if (radio instanceof HTMLInputElement) {
        radio.checked = true;
        this.root.dataset.show = kept.show;
      }
    } catch {
      // Nothing usable was kept.
    }
  }

  /** Take what was remembered off a device that others may use. */
  forget() {
    try {
      localStorage.removeItem(this.#memory);
    } catch {
      // It was never kept.
    }
  }

  /** @param {string} selector */
  #one(selector) {
    return within(this.root, selector);
  }
}

/**
 * @param {ParentNode} parent
 * @param {string} selector
 * @returns {HTMLElement}
 */
function within(parent, selector) {
  const found = parent.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`The page lacks ${selector}`);
  return found;
}

/** Put values into the places of a text. @param {string | undefined} text @param {Record<string, string | number>} values */
export function fill(text, values) {
  return (text ?? "").replace(/\{(\w+)\}/g, (_whole, name) => String(values[name] ?? ""));
}
