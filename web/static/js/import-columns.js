// SPDX-License-Identifier: Apache-2.0
// Shows the first rows of a sheet as items while somebody says what its columns are. The check on the server decides.

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("[data-import-columns]"));

/**
 * The cells of each field that is chosen.
 * @param {HTMLFormElement} shown
 * @returns {Map<string, string[]>}
 */
function chosen(shown) {
  const found = new Map();
  for (const row of /** @type {NodeListOf<HTMLElement>} */ (shown.querySelectorAll("[data-column]"))) {
    const select = row.querySelector("select");
    if (select?.value) {
      found.set(select.value, JSON.parse(row.dataset.cells ?? "[]"));
    }
  }
  return found;
}

/**
 * @param {Map<string, string[]>} fields
 * @param {number} number
 * @param {string} language
 */
function item(fields, number, language) {
  const entry = document.createElement("li");
  const stem = document.createElement("p");
  stem.lang = language;
  stem.textContent = fields.get(`stem_${language}`)?.[number] || "–";
  entry.append(stem);
  const options = document.createElement("ul");
  options.className = "plain-list";
  for (const letter of "abcdef") {
    const text = fields.get(`option_${letter}_${language}`)?.[number];
    if (text) {
      const option = document.createElement("li");
      option.lang = language;
      option.textContent = `${letter.toUpperCase()}. ${text}`;
      options.append(option);
    }
  }
  const key = fields.get("key")?.[number];
  if (key) {
    const right = document.createElement("li");
    const strong = document.createElement("strong");
    strong.textContent = `✓ ${key}`;
    right.append(strong);
    options.append(right);
  }
  if (options.childElementCount) {
    entry.append(options);
  }
  return entry;
}

/** @param {HTMLFormElement} shown */
function preview(shown) {
  const panel = /** @type {HTMLElement | null} */ (shown.querySelector("[data-preview]"));
  const list = panel?.querySelector("[data-preview-items]");
  const missing = /** @type {HTMLElement | null | undefined} */ (panel?.querySelector("[data-preview-missing]"));
  if (!panel || !list || !missing) {
    return;
  }
  const fields = chosen(shown);
  const languages = [...fields.keys()].filter((name) => name.startsWith("stem_")).map((name) => name.slice(5));
  const count = Math.min(3, ...languages.map((language) => fields.get(`stem_${language}`)?.length ?? 0));
  list.replaceChildren();
  for (let number = 0; languages.length && number < count; number += 1) {
    for (const language of languages) {
      list.append(item(fields, number, language));
    }
  }
  missing.hidden = languages.length > 0;
  panel.hidden = false;
}

if (form) {
  const shown = form;
  shown.addEventListener("change", () => preview(shown));
  preview(shown);
}

export {};
