// SPDX-License-Identifier: Apache-2.0
// A scanned slip leads to /#code=K7QD-M2XP-9F: the part behind # reaches no server, so the code is put into its field here.

const found = new URLSearchParams(window.location.hash.slice(1)).get("code");
const field = document.querySelector("input[name='code']");
if (found && field instanceof HTMLInputElement) {
  field.value = found.slice(0, 40);
  window.history.replaceState(null, "", window.location.pathname + window.location.search);
  field.form?.querySelector("button")?.focus();
}
