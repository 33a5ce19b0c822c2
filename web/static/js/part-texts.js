// SPDX-License-Identifier: Apache-2.0
/** Small parts of the modules of the room and of rich items. */

/** Put values into the places of a text. @param {string | undefined} text @param {Record<string, string | number>} values */
export function fill(text, values) {
  return (text ?? "").replace(/\{(\w+)\}/g, (_whole, name) => String(values[name] ?? ""));
}

/** What the page surely has. @param {ParentNode} parent @param {string} selector @returns {HTMLElement} */
export function within(parent, selector) {
  return /** @type {HTMLElement} */ (parent.querySelector(selector));
}
