// SPDX-License-Identifier: Apache-2.0
/** Small parts of the modules of the room and of rich items. */

/** Put values into the places of a text. @param {string | undefined} text @param {Record<string, string | number>} values */
export function fill(text, values) {
  return (text ?? "").replace(/\{(\w+)\}/g, (_whole, name) => String(values[name] ?? ""));
}

/** Hide or show what the page has of a kind. @param {string} selector @param {boolean} hidden */
export function hide(selector, hidden) {
  for (const place of document.querySelectorAll(selector)) place.toggleAttribute("hidden", hidden);
}

/** Put a text into its place, unless it stands there. @param {string} selector @param {string} text */
export function put(selector, text) {
  for (const place of document.querySelectorAll(selector)) if (place.textContent !== text) place.textContent = text;
}

/** Whether a control no longer stands as the page brought it: it was used before the scripts ran. @param {any} control or null */
export function isUsed(control) {
  return control && (control.value !== (control.defaultValue ?? "") || control.checked !== control.defaultChecked);
}

/** What the page surely has. @param {ParentNode} parent @param {string} selector @returns {HTMLElement} */
export function within(parent, selector) {
  return /** @type {HTMLElement} */ (parent.querySelector(selector));
}
