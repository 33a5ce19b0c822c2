// SPDX-License-Identifier: Apache-2.0
/** A practice question: what stands in it goes along with the form, and the language of the question can be changed. */

import "./item-interaction.js";

const form = document.querySelector("form[data-practice-answer]");
if (form instanceof HTMLFormElement) {
  const item = /** @type {import("./item-interaction.js").ItemInteraction} */ (form.querySelector("item-interaction"));
  const value = /** @type {HTMLInputElement} */ (form.querySelector("input[name=value]"));
  form.addEventListener("submit", () => {
    item.flush();
    value.value = JSON.stringify(item.value);
    for (const control of item.querySelectorAll("input, select, textarea")) control.removeAttribute("name");
  });
}
for (const choice of document.querySelectorAll("input[name=show]")) {
  choice.addEventListener("change", () => {
    const place = document.querySelector("[data-show]");
    if (place instanceof HTMLElement && choice instanceof HTMLInputElement) place.dataset.show = choice.value;
  });
}
