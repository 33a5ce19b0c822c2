// SPDX-License-Identifier: Apache-2.0
/**
 * A rich item: reads its answer off native controls and puts one back. Loaded only where a page shows such an item.
 *
 * Controls that stand in the text are there once in each language; they carry the same `data-slot` and are kept alike. A limit of
 * one is kept by letting the newest choice replace the older one, any other limit by taking the newest back, with a word why.
 */

import { handlerOf } from "./part-kinds.js";
import { fill } from "./part-texts.js";
import { drawPictures } from "./part-picture.js";

/** @typedef {import("./part-kinds.js").Handler} Handler */
/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Control */
/** @typedef {Record<string, unknown>} Answer part references with what was answered; a part without an answer is absent */

/** One interaction of an item. */
export class Part {
  /** @type {Handler} */
  handler;

  /**
   * @param {HTMLElement} host the whole item
   * @param {string} ref
   * @param {string} kind
   * @param {number} most how many may be chosen, paired or pointed at; 0 for any number
   * @param {Record<string, number>} uses how often a choice or target may be used, where that is limited
   */
  constructor(host, ref, kind, most, uses) {
    this.host = host;
    this.ref = ref;
    this.kind = kind;
    this.most = most;
    this.uses = uses;
    this.block = /** @type {HTMLElement | null} */ (host.querySelector(`[data-block="${ref}"]`));
    this.handler = handlerOf(this);
  }

  /** @returns {Control[]} */
  get controls() {
    return [...this.host.querySelectorAll(/** @type {"input"} */ (`[data-part="${this.ref}"]`))];
  }

  /** One control of each slot. @returns {Control[]} */
  get slots() {
    const seen = new Set();
    return this.controls.filter((control) => !seen.has(control.dataset.slot) && seen.add(control.dataset.slot));
  }

  get value() {
    return this.handler.read();
  }

  set value(value) {
    this.handler.write(value);
    this.show();
  }

  /** Say something below the controls, and to screen readers. @param {string} text */
  note(text) {
    const place = this.block?.querySelector("[data-note]");
    if (place) place.textContent = text;
  }

  /** Everything that follows from the answer. */
  show() {
    this.block?.querySelector("[data-clear-part]")?.toggleAttribute("hidden", this.value === undefined);
    drawPictures(this);
  }

  /** The answer changed by something else than a native control. */
  changed() {
    this.show();
    this.host.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /** Keep the limits after `control` was used. @param {Control} control */
  fit(control) {
    this.note("");
    if (!Array.isArray(this.value)) return;
    const newest = this.handler.entry?.(control);
    if (newest === undefined) return;
    const { entries, limit } = settled(this.value, newest, this.most, this.uses);
    if (entries.length !== this.value.length) this.handler.write(entries);
    if (limit > 0) {
      const place = /** @type {HTMLElement | null | undefined} */ (this.block?.querySelector("[data-note]"));
      this.note(fill(place?.dataset.text, { most: limit }));
    }
  }
}

/** The limit that these entries break, 0 for none. @param {unknown[]} entries @param {number} most @param {Record<string, number>} uses */
function exceeded(entries, most, uses) {
  /** @type {Record<string, number>} */
  const used = {};
  for (const name of entries.flat()) used[String(name)] = (used[String(name)] ?? 0) + 1;
  const over = Object.entries(uses).find(([name, limit]) => (used[name] ?? 0) > limit);
  return over ? over[1] : most > 0 && entries.length > most ? most : 0;
}

/**
 * The entries of an answer within its limits after the newest one came in: it replaces what a limit of one leaves no room for, and
 * is itself taken back by any other limit.
 * @param {unknown[]} entries the newest among them
 * @param {unknown} newest
 * @param {number} most
 * @param {Record<string, number>} uses
 * @returns {{entries: unknown[], limit: number}} `limit` is the one that took the newest back, 0 for none
 */
export function settled(entries, newest, most, uses) {
  const limit = exceeded(entries, most, uses);
  if (limit === 0) return { entries, limit };
  const same = JSON.stringify(newest);
  const others = entries.filter((entry) => JSON.stringify(entry) !== same);
  if (limit > 1) return { entries: others, limit };
  const left = [...others.filter((other) => exceeded([newest, other], most, uses) === 0), newest];
  const still = exceeded(left, most, uses);
  return still === 0 ? { entries: left, limit: 0 } : { entries: others, limit: still };
}

export class RichItem {
  /** @param {HTMLElement} host the <item-interaction> */
  constructor(host) {
    this.host = host;
    const described = /** @type {[string, string, number, Record<string, number>][]} */ (JSON.parse(host.dataset.rich ?? "[]"));
    this.parts = described.map(([ref, kind, most, uses]) => new Part(host, ref, kind, most, uses));
    this.value = JSON.parse(host.dataset.value ?? "null");
    host.addEventListener("input", (event) => {
      if (event.target instanceof Element && event.target.matches("[type=text], [type=range], textarea")) this.#used(event.target);
    });
    host.addEventListener("change", (event) => this.#used(event.target));
    host.addEventListener("click", (event) => this.#clicked(event.target));
    this.#followLanguage();
  }

  /** @returns {Answer | null} */
  get value() {
    const found = this.parts.map((part) => /** @type {[string, unknown]} */ ([part.ref, part.value])).filter(([, value]) => value !== undefined);
    return found.length > 0 ? Object.fromEntries(found.sort(([one], [other]) => (one < other ? -1 : 1))) : null;
  }

  /** @param {Answer | null} answer */
  set value(answer) {
    for (const part of this.parts) part.value = answer?.[part.ref];
  }

  /** @param {EventTarget | null} target */
  #used(target) {
    const control = /** @type {Control} */ (target);
    const ref = control.dataset?.part;
    const part = this.parts.find((one) => one.ref === ref);
    if (!part) return;
    for (const twin of part.controls) {
      if (twin === control || twin.dataset.slot !== control.dataset.slot) continue;
      twin.value = control.value;
      if (twin instanceof HTMLInputElement && control instanceof HTMLInputElement) twin.checked = control.checked;
    }
    part.handler.used?.(control);
    part.fit(control);
    part.show();
  }

  /** @param {EventTarget | null} target */
  #clicked(target) {
    const button = target instanceof Element ? target.closest("[data-clear-part]") : null;
    const part = this.parts.find((one) => one.ref === button?.getAttribute("data-clear-part"));
    if (!part) return;
    part.value = undefined;
    part.note("");
    part.changed();
    /** @type {HTMLElement | null | undefined} */ (part.block?.querySelector("input, select, textarea, button:not([hidden])"))?.focus();
  }

  /** An option of a select holds one text: that of the language which is being read, or all of them. */
  #followLanguage() {
    const shown = this.host.closest("[data-show]");
    const relabel = () => {
      const language = shown?.getAttribute("data-show") ?? "both";
      for (const list of [this.host, ...[...this.host.querySelectorAll("template")].map((template) => template.content)]) {
        for (const option of list.querySelectorAll("option")) {
          const texts = Object.entries(option.dataset).filter(([name]) => name.startsWith("text"));
          if (texts.length === 0) continue;
          const own = option.getAttribute(`data-text-${language}`);
          option.textContent = own ?? [...new Set(texts.map(([, text]) => text))].join(" / ");
        }
      }
    };
    relabel();
    if (shown) new MutationObserver(relabel).observe(shown, { attributes: true, attributeFilter: ["data-show"] });
  }
}
