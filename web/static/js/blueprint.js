// SPDX-License-Identifier: Apache-2.0
/**
 * The blueprint builder: after a pause in typing the server proves the blueprint anew, and its panel replaces the old one.
 * Without this script the button "Prove" does the same with a whole page.
 */

const PAUSE_MS = 600;
const PATIENCE_MS = 250;

begin();

/** Only on a page that has the builder. */
function begin() {
  const form = document.querySelector("form[data-blueprint]");
  const panel = document.querySelector("[data-proof-panel]");
  if (form instanceof HTMLFormElement && panel instanceof HTMLElement) proveAsTyped(form, panel);
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement} panel
 */
function proveAsTyped(form, panel) {
  const state = form.querySelector("[data-proof-state]");
  const busy = form.querySelector("[data-proof-busy]");
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting;
  /** @type {AbortController | undefined} */
  let running;

  const say = (/** @type {string | undefined} */ words) => {
    if (state) state.textContent = words ?? "";
  };

  const prove = async () => {
    running?.abort();
    const own = new AbortController();
    running = own;
    const patience = setTimeout(() => {
      busy?.removeAttribute("hidden");
      say(panel.dataset.busy);
    }, PATIENCE_MS);
    try {
      const answer = await fetch(form.dataset.proof ?? "", {
        method: "POST",
        body: new FormData(form),
        signal: own.signal,
        headers: { "X-CSRFToken": csrfOf(form) },
      });
      if (!answer.ok) throw new Error(String(answer.status));
      panel.innerHTML = await answer.text();
      say(panel.dataset.done);
    } catch {
      if (!own.signal.aborted) say(panel.dataset.failed);
    } finally {
      clearTimeout(patience);
      if (running === own) busy?.setAttribute("hidden", "");
    }
  };

  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(prove, PAUSE_MS);
  });
}

/** @param {HTMLFormElement} form */
function csrfOf(form) {
  const field = form.elements.namedItem("csrf_token");
  return field instanceof HTMLInputElement ? field.value : "";
}

export {};
