// SPDX-License-Identifier: Apache-2.0
/**
 * Areas on a picture: drawn with a pointer, moved with the arrow keys, or typed as numbers. The numbers in the form are what counts;
 * the drawing only shows and writes them.
 */

const SVG = "http://www.w3.org/2000/svg";
/** @typedef {{ path: string, row: HTMLElement, shape: string, at: number[] }} Area */

/** Make every drawing of the form live. @param {HTMLElement} root @param {() => void} changed */
export function drawAreas(root, changed) {
  for (const stage of root.querySelectorAll("[data-drawing]")) {
    const over = stage.querySelector("svg");
    if (over) new Drawing(/** @type {HTMLElement} */ (stage), over, changed);
  }
}

class Drawing {
  #chosen = 0;
  /** @type {{ from: number[], start: number[], moves: boolean } | null} */
  #drag = null;

  /** @param {HTMLElement} stage @param {SVGSVGElement} over @param {() => void} changed */
  constructor(stage, over, changed) {
    this.stage = stage;
    this.over = over;
    this.changed = changed;
    this.card = /** @type {HTMLElement} */ (stage.closest("[data-part]"));
    over.addEventListener("pointerdown", this.#down);
    over.addEventListener("pointermove", this.#move);
    over.addEventListener("pointerup", () => (this.#drag = null));
    this.card.addEventListener("input", () => this.draw());
    this.card.addEventListener("focusin", (event) => {
      const row = /** @type {HTMLElement} */ (event.target).closest("[data-area-row]");
      const index = this.#rows().findIndex((one) => one === row);
      if (index >= 0 && index !== this.#chosen) {
        this.#chosen = index;
        this.draw();
      }
    });
    for (const button of this.card.querySelectorAll("[data-nudge]")) {
      button.addEventListener("keydown", (event) => this.#nudge(/** @type {KeyboardEvent} */ (event), /** @type {HTMLElement} */ (button)));
    }
    this.draw();
  }

  #rows() {
    return /** @type {HTMLElement[]} */ ([...this.card.querySelectorAll("[data-area-row]")]);
  }

  /** @returns {Area[]} */
  get areas() {
    return this.#rows().map((row) => {
      const path = row.dataset.areaRow ?? "";
      const shape = /** @type {HTMLSelectElement | null} */ (row.querySelector("select[name$='.shape']"))?.value ?? "rect";
      return { path, row, shape, at: numbersOf(row) };
    });
  }

  draw() {
    const shown = this.areas.map((area, index) => {
      const group = document.createElementNS(SVG, "g");
      group.dataset.index = String(index);
      group.classList.toggle("chosen", index === this.#chosen);
      const outline = outlineOf(area);
      if (outline) group.append(outline);
      if (outline) group.append(labelOf(area, index));
      return group;
    });
    this.over.replaceChildren(...shown);
  }

  #down = (/** @type {PointerEvent} */ event) => {
    const area = /** @type {Element} */ (event.target).closest("g");
    if (area instanceof SVGGElement) this.#chosen = Number(area.dataset.index ?? 0);
    const chosen = this.areas[this.#chosen];
    if (!chosen) return;
    event.preventDefault();
    this.over.setPointerCapture(event.pointerId);
    const point = this.#point(event);
    if (chosen.shape === "poly" && !(area instanceof SVGGElement)) {
      this.#write(chosen, [...chosen.at, ...point]);
      return;
    }
    this.#drag = { from: point, start: chosen.at, moves: area instanceof SVGGElement };
    this.draw();
  };

  #move = (/** @type {PointerEvent} */ event) => {
    const chosen = this.areas[this.#chosen];
    if (!this.#drag || !chosen) return;
    const { from, start, moves } = this.#drag;
    const to = this.#point(event);
    const by = [(to[0] ?? 0) - (from[0] ?? 0), (to[1] ?? 0) - (from[1] ?? 0)];
    this.#write(chosen, moves ? moved(chosen.shape, start, by) : drawn(chosen.shape, from, to));
  };

  /** Arrow keys move the area, with Shift by ten pixels, with Alt they change its size. @param {KeyboardEvent} event @param {HTMLElement} button */
  #nudge(event, button) {
    const step = event.shiftKey ? 10 : 1;
    const by = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
    const index = this.#rows().findIndex((row) => row.dataset.areaRow === button.dataset.nudge);
    const area = this.areas[index];
    if (!by || !area) return;
    event.preventDefault();
    this.#chosen = index;
    const at = area.at.length > 0 ? area.at : this.#middle(area.shape);
    this.#write(area, event.altKey ? resized(area.shape, at, by) : moved(area.shape, at, by));
  }

  /** Where an area begins that has no numbers yet. @param {string} shape */
  #middle(shape) {
    const { width, height } = this.over.viewBox.baseVal;
    const [x, y, r] = [Math.round(width / 2), Math.round(height / 2), Math.round(Math.min(width, height) / 8)];
    if (shape === "circle") return [x, y, r];
    if (shape === "ellipse") return [x, y, r, r];
    return shape === "poly" ? [x, y - r, x + r, y + r, x - r, y + r] : [x - r, y - r, x + r, y + r];
  }

  /** In pixels of the picture, not of the screen. @param {PointerEvent} event */
  #point(event) {
    const box = this.over.getBoundingClientRect();
    const { width, height } = this.over.viewBox.baseVal;
    const clamp = (/** @type {number} */ value, /** @type {number} */ most) => Math.round(Math.min(Math.max(value, 0), most));
    return [clamp(((event.clientX - box.left) / box.width) * width, width), clamp(((event.clientY - box.top) / box.height) * height, height)];
  }

  /** @param {Area} area @param {number[]} at */
  #write(area, at) {
    const text = area.row.querySelector("input[name$='.coords']");
    if (text instanceof HTMLInputElement) text.value = at.join(" ");
    for (const [index, value] of at.entries()) {
      const field = area.row.querySelector(`input[name$='.coords.${index}']`);
      if (field instanceof HTMLInputElement) field.value = String(value);
    }
    this.draw();
    this.changed();
  }
}

/** @param {HTMLElement} row */
function numbersOf(row) {
  const text = row.querySelector("input[name$='.coords']");
  const words = text instanceof HTMLInputElement ? text.value.trim().split(/[\s,]+/) : [...row.querySelectorAll("input[name*='.coords.']")].map((one) => /** @type {HTMLInputElement} */ (one).value);
  return words.every((word) => /^-?\d+$/.test(word)) ? words.map(Number) : [];
}

/** @param {string} shape @param {number[]} from @param {number[]} to */
function drawn(shape, [x = 0, y = 0], [u = 0, v = 0]) {
  if (shape === "circle") return [x, y, Math.max(1, Math.round(Math.hypot(u - x, v - y)))];
  if (shape === "ellipse") return [x, y, Math.max(1, Math.abs(u - x)), Math.max(1, Math.abs(v - y))];
  return [Math.min(x, u), Math.min(y, v), Math.max(x, u), Math.max(y, v)];
}

/** @param {string} shape @param {number[]} at @param {number[]} by */
function moved(shape, at, [x = 0, y = 0]) {
  const places = shape === "circle" || shape === "ellipse" ? 2 : at.length;
  return at.map((value, index) => (index < places ? value + (index % 2 ? y : x) : value));
}

/** @param {string} shape @param {number[]} at @param {number[]} by */
function resized(shape, at, [x = 0, y = 0]) {
  const least = (/** @type {number} */ value) => Math.max(1, value);
  const [a = 0, b = 0, c = 0, d = 0] = at;
  if (shape === "circle") return [a, b, least(c + (x || -y))];
  if (shape === "ellipse") return [a, b, least(c + x), least(d + y)];
  return shape === "rect" ? [a, b, Math.max(a + 1, c + x), Math.max(b + 1, d + y)] : at;
}

/** @param {Area} area */
function outlineOf({ shape, at }) {
  const [a = 0, b = 0, c = 0, d = 0] = at;
  /** @type {Record<string, [string, Record<string, string | number>, number]>} */
  const kinds = {
    rect: ["rect", { x: Math.min(a, c), y: Math.min(b, d), width: Math.abs(c - a), height: Math.abs(d - b) }, 4],
    circle: ["circle", { cx: a, cy: b, r: Math.abs(c) }, 3],
    ellipse: ["ellipse", { cx: a, cy: b, rx: Math.abs(c), ry: Math.abs(d) }, 4],
    poly: ["polygon", { points: at.join(" ") }, 2],
  };
  const kind = kinds[shape];
  if (!kind || at.length < kind[2]) return null;
  const element = document.createElementNS(SVG, kind[0]);
  for (const [name, value] of Object.entries(kind[1])) element.setAttribute(name, String(value));
  return element;
}

/** @param {Area} area @param {number} index */
function labelOf({ shape, at }, index) {
  const text = document.createElementNS(SVG, "text");
  const [a = 0, b = 0, c = 0, d = 0] = at;
  text.setAttribute("x", String(shape === "rect" ? (a + c) / 2 : a));
  text.setAttribute("y", String(shape === "rect" ? (b + d) / 2 : b));
  text.textContent = String(index + 1);
  return text;
}
