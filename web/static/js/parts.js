// SPDX-License-Identifier: Apache-2.0
/**
 * A rich item: reads its answer off native controls and puts one back. Loaded only where a page shows such an item. What its
 * pictures do stands at the end: areas act on the controls beside them, points are set by pointer, arrow keys or number; every
 * picture has a twin that needs neither sight of it nor a pointer.
 *
 * Controls that stand in the text are there once in each language; they carry the same `data-slot` and are kept alike. A limit of
 * one is kept by letting the newest choice replace the older one, any other limit by taking the newest back, with a word why.
 */

import { handlerOf } from "./part-kinds.js";
import { fill, isUsed, within } from "./part-texts.js";

/** @typedef {import("./part-kinds.js").Handler} Handler */
/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Control */
/** @typedef {Record<string, unknown>} Answer part references with what was answered; a part without an answer is absent */

const SVG = "http://www.w3.org/2000/svg";
const POINTS = ["select_point", "position_object"];

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
    this.handler = POINTS.includes(kind) ? points(this) : handlerOf(this);
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
    const used = this.parts.flatMap(({ controls }) => controls).filter(isUsed);
    const early = used.map((/** @type {any} */ { value, checked }) => ({ value, checked }));
    /** Whether something was answered before this script ran. */
    this.early = used.length > 0;
    this.value = JSON.parse(host.dataset.value ?? "null");
    for (const [place, control] of used.entries()) this.#used(Object.assign(control, early[place]));
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

/** Show on the picture what the answer says; make its areas act once. @param {Part} part */
function drawPictures(part) {
  const over = part.block?.querySelector("[data-picture] svg");
  const spots = /** @type {SVGGElement[]} */ ([...(over?.querySelectorAll("[data-spot]") ?? [])]);
  if (!over || spots.length === 0) return;
  sized(over);
  const value = /** @type {unknown[]} */ (part.value ?? []);
  for (const spot of spots) {
    const id = spot.dataset.spot ?? "";
    spot.toggleAttribute("data-on", value.flat().includes(id));
    const rank = value.indexOf(id) + 1;
    if (part.kind === "graphic_order") within(spot, "text").textContent = rank > 0 ? String(rank) : "";
    if (!spot.onclick) spot.onclick = () => act(part, id);
  }
}

/** What a click on an area does. @param {Part} part @param {string} id */
function act(part, id) {
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement | null | undefined} */ (part.block?.querySelector(selector));
  if (part.host.querySelector("[data-whole][disabled]")) return;
  if (part.kind === "hotspot") find(`input[value="${id}"]`)?.click();
  else if (part.kind === "graphic_order") find(`[data-choice="${id}"] button:not([disabled])`)?.focus();
  else if (part.kind === "graphic_gap_match") find(`select[data-target="${id}"]`)?.focus();
  else {
    const selects = /** @type {HTMLSelectElement[]} */ ([...(part.block?.querySelectorAll(".pairs select") ?? [])]);
    const empty = selects.find((select) => !select.value);
    if (!empty) return;
    empty.value = id;
    empty.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

/** Points on a picture. @param {Part} part @returns {Handler} */
function points(part) {
  const root = /** @type {HTMLElement} */ (part.block?.querySelector("[data-points]"));
  const aim = /** @type {HTMLButtonElement} */ (within(root, "[data-aim]"));
  const over = /** @type {SVGSVGElement} */ (/** @type {unknown} */ (within(aim, "svg")));
  const list = within(root, "ol");
  const pattern = /** @type {HTMLTemplateElement} */ (within(root, "template"));
  const across = /** @type {HTMLInputElement} */ (within(root, "[data-x]"));
  const down = /** @type {HTMLInputElement} */ (within(root, "[data-y]"));
  /** @type {[number, number][]} */
  let held = [];
  /** @type {[number, number] | null} */
  let cross = null;

  const size = () => sized(over, across, down);
  const said = (/** @type {[number, number]} */ [x, y]) => fill(root.dataset.textAt, { x, y });
  function move(/** @type {number} */ x, /** @type {number} */ y) {
    const [width, height] = size();
    cross = [Math.min(Math.max(Math.round(x), 0), width), Math.min(Math.max(Math.round(y), 0), height)];
    [across.value, down.value] = [String(cross[0]), String(cross[1])];
    within(over, "[data-cross]").setAttribute("transform", `translate(${cross[0]} ${cross[1]})`);
    aim.toggleAttribute("data-aiming", true);
    return cross;
  }
  function set(/** @type {[number, number]} */ point) {
    if (part.most === 1) held = [];
    if (held.some(([x, y]) => x === point[0] && y === point[1])) return;
    if (part.most > 0 && held.length >= part.most) {
      const place = /** @type {HTMLElement | null} */ (part.block?.querySelector("[data-note]") ?? null);
      part.note(fill(place?.dataset.text, { most: part.most }));
      return;
    }
    held.push(point);
    draw();
    part.changed();
    part.note(said(point));
  }
  function draw() {
    list.replaceChildren();
    const marks = within(over, "[data-marks]");
    marks.replaceChildren();
    for (const [place, point] of held.entries()) {
      list.append(pattern.content.cloneNode(true));
      const line = /** @type {Element} */ (list.lastElementChild);
      within(line, "[data-rank]").textContent = String(place + 1);
      within(line, "[data-at]").textContent = said(point);
      const remove = within(line, "[data-remove]");
      remove.setAttribute("aria-label", fill(root.dataset.textRemove, { number: place + 1 }));
      remove.onclick = () => {
        held.splice(place, 1);
        draw();
        part.changed();
        aim.focus();
      };
      const mark = document.createElementNS(SVG, "g");
      mark.setAttribute("transform", `translate(${point[0]} ${point[1]})`);
      mark.append(shape("circle", { r: "12" }), shape("text", {}, String(place + 1)));
      marks.append(mark);
    }
  }
  aim.addEventListener("click", (event) => {
    if (event.detail === 0) {
      const [width, height] = size();
      set(cross ?? move(width / 2, height / 2)); // Enter or Space
      return;
    }
    const box = aim.querySelector("img")?.getBoundingClientRect() ?? aim.getBoundingClientRect();
    const [width, height] = size();
    set(move(((event.clientX - box.left) / box.width) * width, ((event.clientY - box.top) / box.height) * height));
  });
  aim.addEventListener("keydown", (event) => {
    const [dx, dy] = /** @type {Record<string, [number, number]>} */ ({
      ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
    })[event.key] ?? [0, 0];
    if (dx === 0 && dy === 0) return;
    event.preventDefault();
    const [width, height] = size();
    const step = event.shiftKey ? Math.max(Math.round(width / 16), 1) : Math.max(Math.round(width / 160), 1);
    const [x, y] = cross ?? [width / 2, height / 2];
    part.note(said(move(x + dx * step, y + dy * step)));
  });
  within(root, "[data-set]").addEventListener("click", () => {
    if (across.value === "" || down.value === "") (across.value === "" ? across : down).focus();
    else set(move(Number(across.value), Number(down.value)));
  });
  return {
    read: () => (held.length > 0 ? held.map(([x, y]) => [x, y]) : undefined),
    write: (value) => {
      held = [...(value ?? [])];
      size();
      draw();
    },
  };
}

/**
 * The size of the picture in its own pixels; where the page does not know it, the picture tells when it is there.
 * @param {Element} over @param {HTMLInputElement[]} bounds @returns {[number, number]}
 */
function sized(over, ...bounds) {
  const [, , width = 0, height = 0] = (over.getAttribute("viewBox") ?? "").split(" ").map(Number);
  if (width > 0 && height > 0) return [width, height];
  const image = /** @type {HTMLImageElement | null | undefined} */ (over.parentElement?.querySelector("img"));
  if (!image || image.naturalWidth === 0) {
    image?.addEventListener("load", () => sized(over, ...bounds), { once: true });
    return [1, 1];
  }
  over.setAttribute("viewBox", `0 0 ${image.naturalWidth} ${image.naturalHeight}`);
  for (const [place, bound] of bounds.entries()) bound.max = String(place === 0 ? image.naturalWidth : image.naturalHeight);
  return [image.naturalWidth, image.naturalHeight];
}

/** @param {string} name @param {Record<string, string>} attributes @param {string} [text] */
function shape(name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}
