// SPDX-License-Identifier: Apache-2.0
/**
 * The way through the paper: which question is shown, the map of all, the section's head, flags, and what keeps one from going on.
 * Fires "step" (detail: {ref}, a question of a linear section is reached), "confirm" (detail: {ref}) and "flag".
 */

import { fill, hide, put, within } from "./part-texts.js";
import { recall, remember } from "./room-view.js";

/** @typedef {import("./sections.js").Section} Section */
/** @typedef {import("./room-view.js").SaveState} SaveState */

export class RoomWalk extends EventTarget {
  current = 0;
  /** @type {Set<string>} */
  flagged = new Set();
  /** @type {import("./room-view.js").RoomView} */
  #view;
  /** @type {import("./sections.js").Sections} */
  #sections;
  #memory;
  /** @type {(ref: string) => SaveState} */
  #stateOf = () => "saved";

  /**
   * @param {import("./room-view.js").RoomView} view
   * @param {import("./sections.js").Sections} sections
   */
  constructor(view, sections) {
    super();
    this.#view = view;
    this.#sections = sections;
    this.#memory = `room-${view.root.dataset.attempt}`;
    this.#recall();
    this.#listen();
    this.follow();
  }

  /** How much of a question is answered. @param {string} ref @returns {"none" | "part" | "whole"} */
  look = (ref) => {
    const item = this.#view.itemOf(ref);
    const value = item?.value ?? null;
    if (value === null) return "none";
    const parts = item?.dataset.rich === undefined ? 1 : JSON.parse(item.dataset.rich).length;
    return parts > 1 && Object.keys(value).length < parts ? "part" : "whole";
  };

  /** How many questions have an answer on the screen. */
  get answered() {
    return this.#view.items.filter((item) => item.value !== null).length;
  }

  /** The sections changed: show a question that may be shown, and everything that follows from them. */
  follow() {
    const item = this.#view.items[this.current];
    const verdict = item ? this.#sections.judge(item.item, this.look) : "closed";
    const place = ["open", "read", "used"].includes(verdict) ? this.current : this.#view.numberOf(this.#sections.first) - 1;
    this.#show(Math.max(0, place));
    this.#head();
    this.lock();
  }

  /** Show the states of the questions anew. @param {(ref: string) => SaveState} [stateOf] */
  refresh(stateOf = this.#stateOf) {
    this.#stateOf = stateOf;
    const { items, texts } = this.#view;
    for (const [index, { item, value }] of items.entries()) {
      const button = this.#view.root.querySelector(`[data-go="${item}"]`);
      if (!(button instanceof HTMLElement)) continue;
      const unsaved = stateOf(item) === "unsaved";
      const flagged = this.flagged.has(item);
      button.toggleAttribute("data-answered", value !== null);
      button.toggleAttribute("data-unsaved", unsaved);
      button.toggleAttribute("data-flagged", flagged);
      const words = [
        fill(texts.question, { number: index + 1 }),
        value !== null ? texts.answered : texts.unanswered,
        unsaved ? texts.unsaved : "",
        flagged ? texts.flagged : "",
      ];
      button.setAttribute("aria-label", words.filter(Boolean).join(", "));
    }
    put("[data-count-answered]", String(this.answered));
    this.#own();
  }

  /** Which questions can be changed, and which buttons of the map lead somewhere. */
  lock() {
    const stopped = this.#view.screen !== null;
    for (const item of this.#view.items) {
      const verdict = this.#sections.judge(item.item, this.look);
      item.readOnly = stopped || verdict !== "open";
      const button = this.#view.root.querySelector(`[data-go="${item.item}"]`);
      button?.toggleAttribute("disabled", ["closed", "waiting"].includes(verdict));
    }
    this.#own();
  }

  /** @param {number} index @returns {boolean} whether it is shown now */
  go(index) {
    const item = this.#view.items[index];
    if (!item || this.#view.screen !== null) return false;
    this.#view.items[this.current]?.flush();
    const verdict = this.#sections.judge(item.item, this.look);
    if (!["open", "read", "used"].includes(verdict)) {
      const inside = this.#sections.sectionOf(item.item) === this.#sections.current;
      this.note(verdict === "closed" && inside ? "closedItem" : verdict === "waiting" ? "blockedWaiting" : verdict);
      return false;
    }
    if (this.#sections.isStep(item.item)) this.dispatchEvent(new CustomEvent("step", { detail: { ref: item.item } }));
    this.#show(index);
    this.lock();
    this.#view.focusOnQuestion();
    scrollTo({ top: 0 });
    return true;
  }

  /** Say below the question why something cannot be done; "" takes it away. @param {string} name of a text */
  note(name) {
    const place = this.#view.one("[data-walk-note]");
    place.hidden = name === "";
    place.textContent = this.#view.text(name);
    this.#view.say(place.textContent);
    if (name) place.scrollIntoView({ block: "nearest" });
  }

  #listen() {
    document.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("button") : null;
      if (!button) return;
      const { dataset } = button;
      if (dataset.go !== undefined) {
        button.closest("dialog")?.close();
        this.go(this.#view.numberOf(dataset.go) - 1);
      } else if ("previous" in dataset) this.go(this.current - 1);
      else if ("next" in dataset) this.go(this.#view.numberOf(this.#sections.after(this.#view.items[this.current]?.item ?? "")) - 1);
      else if ("flag" in dataset) this.#flag();
      else if ("confirmAnswer" in dataset) this.#confirm();
    });
    this.#view.root.addEventListener("change", (event) => {
      if (event.target instanceof HTMLInputElement && event.target.name === "show") this.show(event.target.value);
    });
    this.#view.root.addEventListener("screen", () => this.lock());
  }

  /** @param {number} index */
  #show(index) {
    const item = this.#view.items[index];
    if (!item) return;
    if (index !== this.current) this.note("");
    this.current = index;
    for (const part of this.#view.root.querySelectorAll("[data-question]")) {
      part.toggleAttribute("hidden", part.getAttribute("data-question") !== item.item);
    }
    const heading = this.#view.one("[data-heading]");
    heading.textContent = fill(heading.dataset.text, { number: index + 1, total: this.#view.items.length });
    for (const button of this.#view.root.querySelectorAll("[data-go]")) {
      if (button.getAttribute("data-go") === item.item) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
    }
    const section = this.#sections.sectionOf(item.item);
    const [first, last] = [section?.items[0], section?.items[section.items.length - 1]];
    document.querySelector("[data-previous]")?.toggleAttribute("disabled", item.item === first);
    hide("[data-previous]", section?.navigation === "linear" && !section.allow_review);
    const ends = item.item === last;
    const inner = this.#sections.next !== null;
    hide("[data-next]", ends);
    hide("[data-leave-last]", !ends || !inner);
    hide("[data-review-last]", !ends || inner);
    this.#showFlag();
    this.#own();
    this.#remember();
  }

  /** The head of the open section: its name, its place, its rules. */
  #head() {
    const { texts } = this.#view;
    const section = this.#sections.current;
    for (const { id } of this.#sections.list) {
      put(`[data-map-state="${CSS.escape(id)}"]`, `(${texts[{ open: "open", waiting: "waiting", closed: "finished" }[this.#sections.stateOf(id)]]})`);
    }
    hide("[data-map] [data-leave]", section === null || this.#sections.next === null);
    if (!section) return;
    put("[data-section-name]", `${this.#number(section)}: ${titleOf(section)}`);
    put("[data-section-note]", this.rulesOf(section));
  }

  /** The screen before a section. @param {Section} section */
  announce(section) {
    const before = this.#sections.previous;
    const time = this.#sections.timeOf(section.id);
    put("[data-section-kicker]", this.#number(section));
    put("[data-section-next]", titleOf(section));
    put("[data-section-count]", section.adaptive ? this.#view.text("atMost", { total: section.items.length }) : String(section.items.length));
    put("[data-section-limit]", this.#view.text(time === null ? "sectionNoLimit" : "sectionMinutesLong", { minutes: Math.ceil((time ?? 0) / 60_000) }));
    put("[data-section-rules]", `${this.rulesOf(section)} ${this.#sections.list.length > 1 ? this.#view.text("final") : ""}`);
    hide("[data-section-over]", !(before && this.#sections.isOver(before.id)));
    hide("[data-section-settled]", !before?.settled);
  }

  /** @param {Section} section */
  rulesOf(section) {
    const { texts } = this.#view;
    const order = section.navigation === "free" ? "" : section.allow_review ? texts.linearReview : texts.linear;
    return [order, section.allow_skipping ? "" : texts.noSkipping, section.adaptive ? texts.adaptive : ""].filter(Boolean).join(" ");
  }

  /** @param {Section} section */
  #number(section) {
    return this.#view.text("sectionNumber", { number: this.#sections.list.indexOf(section) + 1, total: this.#sections.list.length });
  }

  /** What is known of the shown question's own answer. */
  #own() {
    const item = this.#view.items[this.current];
    if (!item) return;
    const verdict = this.#sections.judge(item.item, this.look);
    const state = this.#stateOf(item.item);
    const done = verdict === "used" || verdict === "read";
    this.#view.choose("own", done && state === "saved" ? "locked" : state === "saved" && item.value === null ? "empty" : state);
    const left = this.#sections.left(item.item);
    hide("[data-confirm-answer]", verdict !== "open" || !Number.isFinite(left));
    put("[data-confirm-label]", this.#view.text(left === 1 ? "confirmOnce" : "confirmMore", { left }));
  }

  #confirm() {
    const item = this.#view.items[this.current];
    if (!item) return;
    item.flush();
    const lack = this.#sections.lack(item.item, this.look);
    if (lack) {
      this.note(lack);
      return;
    }
    this.dispatchEvent(new CustomEvent("confirm", { detail: { ref: item.item } }));
    this.lock();
    this.#view.tell("confirmed");
    this.#view.focusOnQuestion();
  }

  #flag() {
    const ref = this.#view.items[this.current]?.item ?? "";
    if (!this.flagged.delete(ref)) this.flagged.add(ref);
    this.#showFlag();
    this.#remember();
    this.dispatchEvent(new Event("flag"));
  }

  #showFlag() {
    const on = this.flagged.has(this.#view.items[this.current]?.item ?? "");
    this.#view.one("[data-flag]").setAttribute("aria-pressed", String(on));
    hide("[data-flag-on]", !on);
    hide("[data-flag-off]", on);
  }

  /** Show the questions in one language, or in "both". @param {string} language */
  show(language) {
    this.#view.root.dataset.show = language;
    for (const radio of this.#view.root.querySelectorAll("input[name=show]")) {
      if (radio instanceof HTMLInputElement) radio.checked = radio.value === language;
    }
    this.#remember();
  }

  /** Where one was, the flags and the language survive a reload. They are a convenience: losing them loses no answer. */
  #remember() {
    const kept = { current: this.current, flagged: [...this.flagged], show: this.#view.root.dataset.show };
    remember(this.#memory, JSON.stringify(kept));
  }

  #recall() {
    try {
      const kept = JSON.parse(recall(this.#memory) || "{}");
      if (this.#view.items[kept.current]) this.current = kept.current;
      this.flagged = new Set((kept.flagged ?? []).filter((/** @type {string} */ ref) => this.#view.numberOf(ref) > 0));
      if (this.#view.root.querySelector(`input[name=show][value="${CSS.escape(kept.show ?? "")}"]`)) this.show(kept.show);
    } catch {
      // Nothing usable was kept.
    }
  }

}

/** @param {Section} section */
function titleOf(section) {
  return section.title[document.documentElement.lang] ?? Object.values(section.title)[0] ?? "";
}

/** The look back before handing in or before a section is finished: what has no answer, what is not saved, and that it is final. */
export class RoomReview {
  /** @type {HTMLDialogElement} */
  dialog;
  #view;
  #walk;
  #sections;

  /**
   * @param {import("./room-view.js").RoomView} view
   * @param {RoomWalk} walk
   * @param {import("./sections.js").Sections} sections
   */
  constructor(view, walk, sections) {
    this.#view = view;
    this.#walk = walk;
    this.#sections = sections;
    this.dialog = /** @type {HTMLDialogElement} */ (document.querySelector("[data-review-dialog]"));
    this.dialog.addEventListener("cancel", (event) => {
      if (within(this.dialog, "[data-submit]").hasAttribute("disabled")) event.preventDefault();
    });
    within(this.dialog, "[data-review-back]").addEventListener("click", () => this.dialog.close());
  }

  /**
   * Before handing in, or (section) before finishing the open section.
   * @param {{section: boolean, unsaved: boolean}} what
   */
  open({ section, unsaved }) {
    const { dialog } = this;
    const items = section ? (this.#sections.current?.items ?? []) : this.#sections.list.flatMap((one) => one.items);
    const empty = items.filter((ref) => this.#walk.look(ref) === "none");
    const missing = section ? this.#sections.missing(this.#walk.look) : [];
    const reachable = (missing.length > 0 ? missing : empty).filter((ref) => ["open", "read"].includes(this.#sections.judge(ref, this.#walk.look)));
    put("#review-title", this.#view.text(section ? "finishTitle" : "handInTitle"));
    put("[data-review-answered]", String(items.length - empty.length));
    put("[data-review-unanswered]", String(empty.length));
    put("[data-review-flagged]", String(items.filter((ref) => this.#walk.flagged.has(ref)).length));
    hide("[data-review-open]", reachable.length === 0);
    put("#review-open", this.#view.text(missing.length > 0 ? "missing" : "unansweredHere"));
    within(dialog, "[data-review-list]").replaceChildren(...reachable.map((ref) => this.#jump(ref)));
    for (const line of dialog.querySelectorAll("[data-review-section]")) {
      const own = this.#sections.list.find(({ id }) => id === line.getAttribute("data-review-section"))?.items ?? [];
      within(line, "[data-review-count]").textContent = String(own.filter((ref) => this.#walk.look(ref) === "none").length);
    }
    hide("[data-review-sections], [data-submit]", section);
    this.#view.choose("review-final", missing.length > 0 ? null : section ? "section" : "test");
    hide("[data-leave-now]", !section || missing.length > 0);
    this.unsaved(unsaved && !section);
    if (!dialog.open) dialog.showModal();
    within(dialog, "#review-title").focus();
  }

  /** @param {boolean} unsaved */
  unsaved(unsaved) {
    hide("[data-review-unsaved]", !unsaved);
  }

  /** The hand-in is on its way. @param {boolean} busy @param {boolean} [waiting] for the connection */
  busy(busy, waiting = false) {
    within(this.dialog, "[data-submit]").toggleAttribute("disabled", busy);
    within(this.dialog, "[data-review-back]").toggleAttribute("disabled", busy);
    hide("[data-submit-idle]", busy);
    hide("[data-submit-busy]", !busy);
    hide("[data-review-waiting]", !waiting);
    if (waiting) this.unsaved(false);
  }

  /** @param {string} ref */
  #jump(ref) {
    const number = this.#view.numberOf(ref);
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: String(number) });
    button.dataset.go = ref;
    button.setAttribute("aria-label", fill(this.#view.texts.question, { number }));
    const entry = document.createElement("li");
    entry.append(button);
    return entry;
  }
}
