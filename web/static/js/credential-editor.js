// SPDX-License-Identifier: Apache-2.0
// The credential editor with a script: leaving with unsaved changes asks first, and the first mistake is in sight.
// Without it everything works by plain forms.

/** @type {HTMLFormElement | null} */
const editor = document.querySelector("form[data-credential-editor]");

if (editor) {
  let changed = false;
  editor.addEventListener("input", () => { changed = true; });
  editor.addEventListener("submit", () => { changed = false; });
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
  const wrong = editor.querySelector('[aria-invalid="true"]');
  if (wrong instanceof HTMLElement) {
    const folded = wrong.closest("details");
    if (folded) folded.open = true;
    wrong.focus();
  }
}

export {};
