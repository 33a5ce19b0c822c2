// SPDX-License-Identifier: Apache-2.0
// Finds rows of the page's tables by what stands in them. Without a script the list is whole, and the browser's own search serves.

const FROM = 12;
const box = document.querySelector("[data-find-rows]");
const input = box?.querySelector("input");
const said = /** @type {HTMLElement | null | undefined} */ (box?.querySelector("[data-found]"));
/** @type {{row: Element, text: string}[]} */
const rows = [...document.querySelectorAll("main .table tr:has(td)")].map((row) => ({ row, text: plain(row.textContent ?? "") }));

/** The same letters whatever their case and composition.
 * @param {string} text */
function plain(text) {
  return text.normalize("NFKC").toLowerCase().replace(/\s+/g, " ");
}

/** Leave the rows in which every word of the search stands. */
function find() {
  const words = plain(input?.value ?? "").trim().split(" ");
  let found = 0;
  for (const { row, text } of rows) {
    const fits = words.every((word) => text.includes(word));
    row.classList.toggle("rows__away", !fits);
    found += fits ? 1 : 0;
  }
  if (said) {
    said.textContent = input?.value ? (said.dataset.words ?? "").replace("{count}", String(found)) : "";
  }
}

if (box instanceof HTMLElement && input && rows.length >= FROM) {
  box.hidden = false;
  input.addEventListener("input", find);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
    }
  });
}

export {};
