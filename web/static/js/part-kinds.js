// SPDX-License-Identifier: Apache-2.0
/**
 * How each kind of interaction is read and filled. `read` gives undefined for no answer; `write(undefined)` clears.
 * Values are those of the server: lists of choices, texts, lists of pairs, lists of points, {name, upload}.
 */

import { fill, within } from "./part-texts.js";

/** @typedef {import("./parts.js").Part} Part */
/** @typedef {import("./parts.js").Control} Control */
/**
 * @typedef {object} Handler
 * @property {() => any} read
 * @property {(value: any) => void} write
 * @property {(control: Control) => unknown} [entry] what a control that was just used adds to the answer, if it adds something
 * @property {(control: Control) => void} [used] a native control was used
 */

/** @param {Part} part @returns {Handler} */
export function handlerOf(part) {
  switch (part.kind) {
    case "choice_single":
    case "choice_multiple":
    case "hottext":
    case "hotspot":
      return ticks(part, (text) => text);
    case "match":
      return ticks(part, (text) => text.split(" "));
    case "inline_choice":
      return {
        read: () => (part.slots[0]?.value ? [part.slots[0].value] : undefined),
        write: (value) => each(part.controls, (control) => (control.value = value?.[0] ?? "")),
      };
    case "gap_match":
    case "graphic_gap_match":
      return gaps(part);
    case "order":
    case "graphic_order":
      return order(part);
    case "associate":
    case "graphic_associate":
      return pairs(part);
    case "slider":
      return slider(part);
    case "upload":
      return upload(part);
    default:
      return text(part);
  }
}

/** @template T @param {Iterable<T>} list @param {(one: T) => void} act */
function each(list, act) {
  for (const one of list) act(one);
}

/** Boxes and buttons to tick. @param {Part} part @param {(text: string) => unknown} entry @returns {Handler} */
function ticks(part, entry) {
  const boxes = () => /** @type {HTMLInputElement[]} */ (part.slots);
  return {
    read: () => some(boxes().filter((box) => box.checked).map((box) => entry(box.value))),
    write: (value) => {
      const chosen = new Set((value ?? []).map((/** @type {unknown} */ one) => JSON.stringify(one)));
      each(/** @type {HTMLInputElement[]} */ (part.controls), (box) => (box.checked = chosen.has(JSON.stringify(entry(box.value)))));
    },
    entry: (control) => (/** @type {HTMLInputElement} */ (control).checked ? entry(control.value) : undefined),
  };
}

/** A line or several lines of text, or a number as it is typed. @param {Part} part @returns {Handler} */
function text(part) {
  const count = /** @type {HTMLElement | null | undefined} */ (part.block?.querySelector("[data-count]"));
  const said = count?.textContent ?? "";
  const tell = () => {
    const typed = part.slots[0]?.value ?? "";
    if (!count) return;
    const words = typed.split(/\s+/).filter(Boolean).length;
    count.textContent = typed ? fill(count.dataset.text, { words, characters: typed.length }) : said;
  };
  return {
    read: () => part.slots[0]?.value || undefined,
    write: (value) => {
      each(part.controls, (control) => (control.value = value ?? ""));
      tell();
    },
    used: tell,
  };
}

/** Gaps and labelled places, each with one select or several. @param {Part} part @returns {Handler} */
function gaps(part) {
  const entry = (/** @type {Control} */ control) => (control.value ? [control.value, control.dataset.target] : undefined);
  return {
    read: () => {
      const found = new Map(part.slots.map(entry).filter(Boolean).map((pair) => [JSON.stringify(pair), pair]));
      return some([...found.values()]);
    },
    write: (value) => {
      const left = [...(value ?? [])];
      for (const slot of part.slots) {
        const place = left.findIndex(([, target]) => target === slot.dataset.target);
        const choice = place < 0 ? "" : left.splice(place, 1)[0][0];
        each(part.controls, (control) => {
          if (control.dataset.slot === slot.dataset.slot) control.value = choice;
        });
      }
    },
    entry,
  };
}

/** A list to be put in order. @param {Part} part @returns {Handler} */
function order(part) {
  const list = /** @type {HTMLElement} */ (part.block?.querySelector("[data-order]"));
  const first = lines();
  let answered = false;

  function lines() {
    return /** @type {HTMLElement[]} */ ([...list.children]);
  }
  function tell() {
    part.block?.querySelector("[data-unordered]")?.toggleAttribute("hidden", answered);
    each(lines().entries(), ([place, line]) => {
      const counts = answered && (part.most === 0 || place < part.most);
      within(line, "[data-rank]").textContent = counts ? String(place + 1) : "";
      within(line, '[data-move="-1"]').toggleAttribute("disabled", place === 0);
      within(line, '[data-move="1"]').toggleAttribute("disabled", place === first.length - 1);
    });
  }
  part.block?.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (!button || (!("move" in button.dataset) && !("keep" in button.dataset))) return;
    answered = true;
    const line = /** @type {HTMLElement | null} */ (button.closest("[data-choice]"));
    if (line) {
      const places = lines();
      const to = places.indexOf(line) + Number(button.dataset.move);
      if (Number(button.dataset.move) < 0) places[to]?.before(line);
      else places[to]?.after(line);
      tell();
      if (button.hasAttribute("disabled")) /** @type {HTMLElement} */ (line.querySelector("button:not([disabled])")).focus();
      else button.focus();
      part.note(fill(list.dataset.textMoved, { place: lines().indexOf(line) + 1, total: places.length }));
    }
    tell();
    part.changed();
    if (!line) /** @type {HTMLElement | null} */ (list.querySelector("button:not([disabled])"))?.focus();
  });
  return {
    read: () => (answered ? lines().map((line) => line.dataset.choice).slice(0, part.most || undefined) : undefined),
    write: (value) => {
      answered = value !== undefined && value !== null;
      const chosen = (value ?? []).map((/** @type {string} */ id) => first.find((line) => line.dataset.choice === id)).filter(Boolean);
      list.append(...chosen, ...first.filter((line) => !chosen.includes(line)));
      tell();
    },
  };
}

/** Pairs, each in a line of two selects. @param {Part} part @returns {Handler} */
function pairs(part) {
  const root = /** @type {HTMLElement} */ (part.block?.querySelector("[data-pairs]"));
  const list = within(root, "ol");
  const pattern = /** @type {HTMLTemplateElement} */ (within(root, "template"));
  const usual = Math.min(part.most || 1, 6);
  const add = within(root, "[data-add]");

  const sides = (/** @type {Element} */ line) => /** @type {HTMLSelectElement[]} */ ([...line.querySelectorAll("select")]);
  const pairOf = (/** @type {Element} */ line) => sides(line).map((side) => side.value);
  function tell() {
    each([...list.children].entries(), ([place, line]) => {
      const number = place + 1;
      each(sides(line), (side) =>
        side.setAttribute("aria-label", fill(side.dataset.side === "first" ? root.dataset.textFirst : root.dataset.textSecond, { number })),
      );
      within(line, "[data-remove]").setAttribute("aria-label", fill(root.dataset.textRemove, { number }));
    });
    add.toggleAttribute("hidden", part.most > 0 && list.children.length >= part.most);
  }
  function append(/** @type {string[]} */ [one = "", other = ""] = []) {
    list.append(pattern.content.cloneNode(true));
    const line = /** @type {Element} */ (list.lastElementChild);
    const [first, second] = sides(line);
    if (first) first.value = one;
    if (second) second.value = other;
    each(sides(line), (side) => {
      side.dataset.part = part.ref;
      side.dataset.slot = `${part.ref} ${slots++}`;
    });
  }
  let slots = 0;
  root.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (button === add) {
      append();
      tell();
      /** @type {HTMLElement} */ (list.lastElementChild?.querySelector("select")).focus();
    } else if (button && "remove" in button.dataset) {
      button.closest("li")?.remove();
      tell();
      part.changed();
      add.toggleAttribute("hidden", false);
      add.focus();
    }
  });
  return {
    read: () => {
      const whole = [...list.children].map(pairOf).filter((pair) => pair.every(Boolean));
      return some([...new Map(whole.map((pair) => [JSON.stringify([...pair].sort()), pair])).values()]);
    },
    write: (value) => {
      const focused = list.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement) : null;
      list.replaceChildren();
      each(value ?? [], append);
      const newest = list.lastElementChild;
      while (list.children.length < usual) append();
      tell();
      if (focused) /** @type {HTMLElement | null | undefined} */ (newest?.querySelector(`[data-side="${focused.dataset.side}"]`))?.focus();
    },
    entry: (control) => {
      const pair = pairOf(/** @type {Element} */ (control.closest("li")));
      return pair.every(Boolean) ? pair : undefined;
    },
  };
}

/** A slider, without an answer until it is touched. @param {Part} part @returns {Handler} */
function slider(part) {
  const root = /** @type {HTMLElement} */ (part.block?.querySelector("[data-slider]"));
  const bar = /** @type {HTMLInputElement} */ (within(root, "input"));
  const shown = within(root, "output");
  let touched = false;
  const tell = () => {
    shown.textContent = touched ? bar.value : (shown.dataset.textNone ?? "");
    bar.toggleAttribute("data-touched", touched);
    if (touched) bar.removeAttribute("aria-valuetext");
    else bar.setAttribute("aria-valuetext", shown.textContent);
  };
  return {
    read: () => (touched ? bar.value : undefined),
    write: (value) => {
      touched = typeof value === "string";
      bar.value = touched ? value : bar.min;
      tell();
    },
    used: () => {
      touched = true;
      tell();
    },
  };
}

/** @template T @param {T[]} list */
function some(list) {
  return list.length > 0 ? list : undefined;
}

/**
 * A file as an answer: sent at once with its progress shown; the answer then names what the server holds. A file that did not
 * arrive is never called saved. Where the page has no address for uploads (an author's preview), nothing is sent.
 * @param {Part} part
 * @returns {Handler}
 */
function upload(part) {
  const root = /** @type {HTMLElement} */ (part.block?.querySelector("[data-upload]"));
  const input = /** @type {HTMLInputElement} */ (root.querySelector("input"));
  const bar = /** @type {HTMLProgressElement} */ (root.querySelector("progress"));
  const place = /** @type {HTMLElement} */ (root.querySelector("[data-held]"));
  /** @type {{name: string, upload: string} | undefined} */
  let held;
  /** @type {XMLHttpRequest | undefined} the one that is under way */
  let sending;

  const tell = () => {
    place.hidden = held === undefined;
    /** @type {HTMLElement} */ (place.querySelector("[data-name]")).textContent = held?.name ?? "";
  };
  const say = (/** @type {string | undefined} */ text, /** @type {string} */ name) =>
    part.note(fill(text, { name, limit: root.dataset.limit ?? "" }));

  input.addEventListener("change", (event) => {
    event.stopPropagation(); // choosing a file answers nothing yet
    const file = input.files?.[0];
    const page = /** @type {HTMLElement | null} */ (part.host.closest("[data-upload-url]"));
    if (!file) return;
    if (file.size > Number(root.dataset.limit) * 1_000_000) say(root.dataset.textSize, file.name);
    else if (page) send(file, page.dataset);
    input.value = "";
  });

  /** @param {File} file @param {DOMStringMap} to */
  function send(file, to) {
    sending?.abort();
    const request = (sending = new XMLHttpRequest());
    const form = new FormData();
    for (const [name, value] of Object.entries({ device: to.device ?? "", item: part.host.dataset.item ?? "", part: part.ref })) {
      form.append(name, value);
    }
    form.append("file", file);
    request.open("POST", to.uploadUrl ?? "");
    request.setRequestHeader("X-CSRFToken", to.csrf ?? "");
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) bar.value = (event.loaded / event.total) * 100;
    };
    request.onloadend = () => {
      if (request !== sending) return; // another file took its place
      sending = undefined;
      bar.hidden = true;
      const body = request.response;
      if (request.status === 200 && typeof body?.upload === "string") {
        held = { name: body.name, upload: body.upload };
        part.note("");
        tell();
        part.changed();
      } else if (body?.code === "answer_file_too_large") say(root.dataset.textSize, file.name);
      else if (body?.code === "answer_file_type") say(root.dataset.textType, file.name);
      else say(root.dataset.textFailed, file.name);
    };
    bar.value = 0;
    bar.hidden = false;
    say(root.dataset.textBusy, file.name);
    request.send(form);
  }

  return {
    read: () => held,
    write: (value) => {
      held = value ?? undefined;
      tell();
    },
  };
}
