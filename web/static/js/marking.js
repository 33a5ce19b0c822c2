// SPDX-License-Identifier: Apache-2.0
/**
 * Marking beside a learner: counts what is marked, warns before marks are lost, and lets a digit choose a level and go on.
 * The page is complete without it. A digit acts only while the focus is on a criterion's own controls.
 */

const form = document.querySelector("form[data-marking]");
if (form instanceof HTMLFormElement) watch(form);

/** @param {HTMLFormElement} form */
function watch(form) {
  const criteria = /** @type {HTMLElement[]} */ ([...form.querySelectorAll(".criterion")]);
  const text = form.querySelector("[data-marked-text]");
  const bar = form.querySelector("progress[data-marked]");
  const unsaved = form.querySelector("[data-unsaved]");
  const saved = snapshot(form);
  let leaving = false;

  function count() {
    const marked = criteria.filter(isMarked).length;
    if (text) {
      text.textContent = (form.dataset.textState ?? "{marked}/{total}")
        .replace("{marked}", String(marked))
        .replace("{total}", String(criteria.length));
    }
    if (bar instanceof HTMLProgressElement) bar.value = marked;
    unsaved?.toggleAttribute("hidden", snapshot(form) === saved);
  }

  form.addEventListener("input", count);
  form.addEventListener("submit", (event) => {
    const { submitter } = event;
    // Only completing is asked about; the question itself is put by forms.js, which hears this event after us.
    if (submitter instanceof HTMLButtonElement && submitter.value === "complete") {
      form.dataset.confirm = form.dataset.completeConfirm ?? "";
      form.dataset.confirmTitle = form.dataset.completeTitle ?? "";
      form.dataset.confirmYes = form.dataset.completeYes ?? "";
    } else {
      delete form.dataset.confirm;
    }
    leaving = form.dataset.confirm === undefined || "confirmed" in form.dataset;
  });
  addEventListener("beforeunload", (event) => {
    if (!leaving && snapshot(form) !== saved) event.preventDefault();
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) leaving = false;
    count(); // a browser may have put choices back
  });
  for (const [index, criterion] of criteria.entries()) {
    criterion.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || !/^[0-9]$/.test(event.key)) return;
      const level = [...radios(criterion)].find((radio) => radio.value === event.key);
      if (!level) return;
      event.preventDefault();
      level.checked = true;
      level.dispatchEvent(new Event("input", { bubbles: true }));
      focusOn(criteria[index + 1]);
    });
  }
  for (const hint of form.querySelectorAll("[data-keys]")) hint.removeAttribute("hidden");
  count();
}

/** @param {HTMLElement} criterion @returns {HTMLInputElement[]} */
function radios(criterion) {
  return /** @type {HTMLInputElement[]} */ ([...criterion.querySelectorAll("input[type=radio]")]);
}

/** @param {HTMLElement} criterion */
function isMarked(criterion) {
  return radios(criterion).some((radio) => radio.checked);
}

/** @param {HTMLElement | undefined} criterion the next one, if there is one */
function focusOn(criterion) {
  if (!criterion) return;
  const choices = radios(criterion);
  (choices.find((radio) => radio.checked) ?? choices[0])?.focus();
  criterion.scrollIntoView({ block: "nearest" });
}

/** What would be sent, but for the token. @param {HTMLFormElement} form */
function snapshot(form) {
  const data = new FormData(form);
  data.delete("csrf_token");
  return JSON.stringify([...data]);
}

export {};
