// SPDX-License-Identifier: Apache-2.0
// Shows how far a long import is, and opens its report at the end. Without this script the page reloads itself.

const EVERY_MS = 700;
const panel = /** @type {HTMLElement | null} */ (document.querySelector("[data-import-progress]"));

/** @typedef {{stage: string, done: number, all: number, words: string, over: boolean}} Run */

/**
 * @param {HTMLElement} shown
 * @param {Run} run
 */
function show(shown, run) {
  const words = shown.querySelector("[data-words]");
  const bar = /** @type {HTMLProgressElement | null} */ (shown.querySelector("[data-bar]"));
  if (words && words.textContent !== run.words) {
    words.textContent = run.words;
  }
  if (bar && run.all) {
    bar.max = run.all;
    bar.value = run.done;
  }
}

/** @param {HTMLElement} shown */
async function look(shown) {
  try {
    const answer = await fetch(shown.dataset.state ?? "", { headers: { Accept: "application/json" } });
    if (!answer.ok) {
      window.location.reload();
      return;
    }
    const run = /** @type {Run} */ (await answer.json());
    show(shown, run);
    if (run.over) {
      window.location.reload();
      return;
    }
  } catch {
    // The line is gone for a moment; the work goes on, so ask again.
  }
  window.setTimeout(() => look(shown), EVERY_MS);
}

if (panel) {
  look(panel);
}
