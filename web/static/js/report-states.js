// SPDX-License-Identifier: Apache-2.0
// Shows how far the reports on a batch are, with one request for all; at the end of one the page shows it. Without this script a link looks again.

const EVERY_MS = 1000;
const list = /** @type {HTMLElement | null} */ (document.querySelector("[data-report-states]"));

/** @typedef {{id: string, done: number, over: boolean, words: string}} Run */

/** @returns {HTMLElement[]} */
function waiting() {
  return [...document.querySelectorAll(/** @type {"div"} */ ("[data-run]"))];
}

/**
 * @param {HTMLElement} panel
 * @param {Run} run
 */
function show(panel, run) {
  const words = panel.querySelector("[data-words]");
  const bar = /** @type {HTMLProgressElement | null} */ (panel.querySelector("[data-bar]"));
  if (words && words.textContent !== run.words) words.textContent = run.words;
  if (bar) bar.value = run.done;
}

/** @param {string} address */
async function look(address) {
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    const runs = answer.ok ? /** @type {Record<string, Run>} */ (await answer.json()) : null;
    for (const panel of waiting()) {
      const run = runs?.[panel.dataset.run ?? ""];
      if (!run || run.id !== panel.dataset.id || run.over) {
        window.location.reload();
        return;
      }
      show(panel, run);
    }
  } catch {
    // The line is gone for a moment; the work goes on, so ask again.
  }
  window.setTimeout(() => look(address), EVERY_MS);
}

if (list?.dataset.reportStates && waiting().length) {
  look(list.dataset.reportStates);
}

export {};
