// SPDX-License-Identifier: Apache-2.0
// Choosing many rows of a table at once; rows that a search hides are not chosen. Without a script each box is ticked by hand.

/** @type {NodeListOf<HTMLInputElement>} */
const boxes = document.querySelectorAll("input.pick");
const tools = document.querySelector("[data-pick-tools]");
const said = /** @type {HTMLElement | null} */ (document.querySelector("[data-picked]"));

/** Say how many rows are chosen. */
function count() {
  const chosen = [...boxes].filter((box) => box.checked).length;
  if (said) {
    said.textContent = (said.dataset.words ?? "{count}").replace("{count}", String(chosen));
  }
}

/** @param {string} which */
function pick(which) {
  for (const box of boxes) {
    if (box.closest(".rows__away") && which !== "none") {
      continue;
    }
    box.checked = which === "all" || (which === "not-begun" && "notBegun" in box.dataset);
  }
  count();
}

if (tools instanceof HTMLElement && boxes.length > 0) {
  tools.hidden = false;
  tools.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-pick]") : null;
    if (button instanceof HTMLElement) {
      pick(button.dataset.pick ?? "none");
    }
  });
  document.addEventListener("change", count);
  count();
}
