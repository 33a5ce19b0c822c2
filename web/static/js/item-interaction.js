// SPDX-License-Identifier: Apache-2.0
/**
 * <item-interaction data-item data-type>: adds saving, and nothing else, to native controls in the light DOM.
 * With `data-rich` it is a rich item: parts.js, loaded only then, reads and fills its controls.
 *
 * Choices are answered at once. Text is answered when the typing rests for 600 ms, at the latest a second after the first
 * keystroke, and when the field or the page is left. Fires "editing" (typing has begun), then "answer" ({item, value}) or
 * "unchanged" (what was typed is what stood there before).
 */

import { isUsed } from "./part-texts.js";

/** @typedef {import("./journal.js").Value} Value */

/** @type {typeof import("./parts.js").RichItem | undefined} */
let RichItem;

async function loadParts() {
  ({ RichItem } = await import("./parts.js"));
}

const REST_MS = 600;
const LONGEST_MS = 1000;
const TYPED = "input[type=text], input[type=range], textarea";

export class ItemInteraction extends HTMLElement {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #rest;
  #editingSince = 0;
  /** Whether it was answered, or is being typed into, since the page was opened. */
  touched = false;
  /** @type {string} the answer last told, as JSON; "" for one that was given before this script ran */
  #told = "";
  #leave = () => {
    if (document.visibilityState === "hidden") this.flush();
  };

  /** @type {import("./parts.js").RichItem | null} */
  #rich = null;

  connectedCallback() {
    if ("rich" in this.dataset && !RichItem) void loadParts().then(() => this.#begin());
    else this.#begin();
  }

  #begin() {
    if ("rich" in this.dataset && RichItem && this.#rich === null) this.#rich = new RichItem(this);
    const early = this.#rich ? this.#rich.early : [this.#text, ...this.#choices].some(isUsed);
    this.#told = early ? "" : JSON.stringify(this.value);
    this.addEventListener("input", this.#onInput);
    this.addEventListener("change", this.#onChange);
    this.addEventListener("focusout", this.#onChange);
    this.#clearButton?.addEventListener("click", this.#onClear);
    this.#showClear();
    document.addEventListener("visibilitychange", this.#leave);
  }

  disconnectedCallback() {
    clearTimeout(this.#rest);
    document.removeEventListener("visibilitychange", this.#leave);
  }

  /** The item's opaque reference. */
  get item() {
    return this.dataset.item ?? "";
  }

  /** @returns {Value} */
  get value() {
    if (this.#rich) return this.#rich.value;
    if (this.#text) return this.#text.value === "" ? null : this.#text.value;
    const chosen = this.#choices.filter((choice) => choice.checked).map((choice) => choice.value);
    return chosen.length > 0 ? chosen : null;
  }

  /** Show an answer without telling anybody. @param {Value} value */
  show(value) {
    clearTimeout(this.#rest);
    this.#editingSince = 0;
    if (this.#rich) this.#rich.value = /** @type {Record<string, unknown> | null} */ (value);
    else {
      if (this.#text) this.#text.value = typeof value === "string" ? value : "";
      for (const choice of this.#choices) choice.checked = Array.isArray(value) && value.includes(choice.value);
    }
    this.#told = JSON.stringify(this.value);
    this.#showClear();
  }

  /** @param {boolean} yes */
  set readOnly(yes) {
    const whole = this.querySelector("[data-whole]");
    if (whole) whole.toggleAttribute("disabled", yes || "readOnly" in /** @type {HTMLElement} */ (whole).dataset);
    else for (const control of this.querySelectorAll("fieldset, input, textarea, select")) control.toggleAttribute("disabled", yes);
  }

  /** Tell what stands there now, if it has not been told. */
  flush() {
    clearTimeout(this.#rest);
    const typed = this.#editingSince !== 0;
    this.#editingSince = 0;
    const value = this.value;
    const now = JSON.stringify(value);
    if (now !== this.#told) {
      this.#told = now;
      this.touched = true;
      this.dispatchEvent(new CustomEvent("answer", { bubbles: true, detail: { item: this.item, value } }));
    } else if (typed) {
      this.dispatchEvent(new CustomEvent("unchanged", { bubbles: true, detail: { item: this.item } }));
    }
  }

  get #text() {
    return /** @type {HTMLInputElement | HTMLTextAreaElement | null} */ (this.querySelector("input[type=text], textarea"));
  }

  get #choices() {
    return /** @type {HTMLInputElement[]} */ ([...this.querySelectorAll("input[type=radio], input[type=checkbox]")]);
  }

  get #clearButton() {
    return this.querySelector("[data-clear]");
  }

  #onInput = (/** @type {Event} */ event) => {
    if (!(event.target instanceof Element && event.target.matches(TYPED))) return; // choices are told by "change"
    const now = performance.now();
    if (this.#editingSince === 0) {
      this.#editingSince = now;
      this.touched = true;
      this.dispatchEvent(new CustomEvent("editing", { bubbles: true, detail: { item: this.item } }));
    }
    clearTimeout(this.#rest);
    const latest = Math.max(0, this.#editingSince + LONGEST_MS - now);
    this.#rest = setTimeout(() => this.flush(), Math.min(REST_MS, latest));
  };

  #onChange = () => {
    this.flush();
    this.#showClear();
  };

  #onClear = () => {
    for (const choice of this.#choices) choice.checked = false;
    this.#choices[0]?.focus();
    this.#onChange();
  };

  #showClear() {
    this.#clearButton?.toggleAttribute("hidden", this.value === null);
  }
}

if (document.querySelector("item-interaction[data-rich]")) await loadParts(); // before anybody asks for an answer
customElements.define("item-interaction", ItemInteraction);
