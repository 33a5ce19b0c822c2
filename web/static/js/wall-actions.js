// SPDX-License-Identifier: Apache-2.0
/**
 * A learner's page over the live wall, so that the eye stays on the others. Without this script the links open that page.
 *
 * The wall needs: links with data-learner in its tiles; a dialog #learner-dialog with [data-learner-slot] and data-failed.
 */

export {};

const dialog = document.getElementById("learner-dialog");
const wall = document.querySelector("[data-wall]");
if (dialog instanceof HTMLDialogElement && wall) {
  wall.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[data-learner]") : null;
    const mouse = /** @type {MouseEvent} */ (event);
    if (!(link instanceof HTMLAnchorElement) || mouse.ctrlKey || mouse.metaKey || mouse.shiftKey) return;
    event.preventDefault();
    void open(dialog, link.href);
  });
}

/**
 * @param {HTMLDialogElement} dialog
 * @param {string} href
 */
async function open(dialog, href) {
  const slot = dialog.querySelector("[data-learner-slot]");
  if (!slot) return;
  slot.textContent = "";
  const actions = await fetchActions(href);
  if (actions) slot.append(actions);
  else slot.append(Object.assign(document.createElement("p"), { textContent: dialog.dataset.failed ?? "" }));
  if (!dialog.open) dialog.showModal();
  for (const form of slot.querySelectorAll("form[data-once]")) {
    form.addEventListener("submit", () => setTimeout(() => form.querySelector("button")?.setAttribute("disabled", ""), 0));
  }
  /** @type {HTMLElement | null} */ (slot.querySelector("#learner-name"))?.focus();
}

/** @param {string} href @returns {Promise<Element | null>} */
async function fetchActions(href) {
  try {
    const response = await fetch(href, { headers: { Accept: "text/html" }, cache: "no-store", redirect: "error" });
    if (!response.ok) return null;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const found = page.querySelector("[data-learner-actions]");
    return found && document.importNode(found, true);
  } catch {
    return null;
  }
}
