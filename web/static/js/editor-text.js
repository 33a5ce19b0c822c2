// SPDX-License-Identifier: Apache-2.0
/** Marking-up of the text fields of an item: small buttons that act on the field that was used last. */

/** Put text at the cursor, or at the end of a field that nobody has been in. @param {HTMLTextAreaElement} field @param {string} text */
export function insertAt(field, text) {
  const at = "used" in field.dataset ? [field.selectionStart, field.selectionEnd] : [field.value.length, field.value.length];
  const before = field.value.slice(0, at[0]);
  const gap = before === "" || /\s$/.test(before) ? "" : " ";
  field.setRangeText(gap + text, at[0], at[1], "end");
  field.dataset.used = "";
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** The buttons of each card, and what they act on. @param {HTMLElement} root */
export function textTools(root) {
  for (const field of root.querySelectorAll("textarea[data-markup]")) {
    field.addEventListener("focus", () => {
      for (const other of root.querySelectorAll("textarea[data-last]")) other.removeAttribute("data-last");
      field.setAttribute("data-last", "");
      field.setAttribute("data-used", "");
    });
  }
  for (const bar of root.querySelectorAll("[data-text-tools]")) {
    for (const button of bar.querySelectorAll("button")) button.addEventListener("click", () => act(root, bar, button));
    rove(bar);
  }
}

/** @param {HTMLElement} root @param {Element} bar @param {HTMLButtonElement} button */
function act(root, bar, button) {
  const field = root.querySelector("textarea[data-last]") ?? bar.parentElement?.querySelector("textarea[data-markup]");
  if (!(field instanceof HTMLTextAreaElement)) return;
  const { wrap, insert } = button.dataset;
  const chosen = field.value.slice(field.selectionStart, field.selectionEnd);
  if (insert) {
    insertAt(field, insert);
  } else {
    const text = wrap ? `<${wrap}>${chosen}</${wrap}>` : list(chosen);
    const inside = wrap ? field.selectionStart + wrap.length + 2 : field.selectionStart + text.length;
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    if (wrap) field.setSelectionRange(inside, inside + chosen.length);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  field.focus();
}

/** Each line becomes a point of a list. @param {string} text */
function list(text) {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return `<ul>${(lines.length > 0 ? lines : [""]).map((line) => `<li>${line}</li>`).join("")}</ul>`;
}

/** One stop of the Tab key for a whole bar; the arrow keys go along it. @param {Element} bar */
function rove(bar) {
  const buttons = [...bar.querySelectorAll("button")];
  buttons.forEach((button, index) => (button.tabIndex = index === 0 ? 0 : -1));
  bar.addEventListener("keydown", (event) => {
    const key = /** @type {KeyboardEvent} */ (event).key;
    const here = buttons.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    const next = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: buttons.length - 1 }[key];
    const button = next === undefined ? undefined : buttons[(next + buttons.length) % buttons.length];
    if (!button) return;
    event.preventDefault();
    for (const other of buttons) other.tabIndex = other === button ? 0 : -1;
    button.focus();
  });
}
