// SPDX-License-Identifier: Apache-2.0
/**
 * Pictures: hotspots that act on the controls of the list beside them, and points set by pointer, arrow keys or number.
 * Every picture has a twin that needs neither sight of it nor a pointer.
 */

import { fill, within } from "./part-texts.js";

/** @typedef {import("./parts.js").Part} Part */
/** @typedef {import("./part-kinds.js").Handler} Handler */

const SVG = "http://www.w3.org/2000/svg";

/** Show on the picture what the answer says; make its areas act once. @param {Part} part */
export function drawPictures(part) {
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
export function points(part) {
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
