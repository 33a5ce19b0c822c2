// SPDX-License-Identifier: Apache-2.0
/** Tables that can be sorted. The macro that makes such a table brings this script with it. */

for (const head of document.querySelectorAll("table[data-sortable] th[data-sort]")) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "sort" });
  button.append(...head.childNodes);
  head.append(button);
  button.addEventListener("click", () => sortBy(/** @type {HTMLTableCellElement} */ (head)));
}

/** @param {HTMLTableCellElement} head */
function sortBy(head) {
  const body = head.closest("table")?.tBodies[0];
  if (!body) return;
  const down = head.getAttribute("aria-sort") === "ascending";
  for (const other of head.parentElement?.children ?? []) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const numeric = head.dataset.sort === "number";
  const language = document.documentElement.lang;
  const keyOf = (/** @type {HTMLTableRowElement} */ row) => {
    const cell = row.cells[head.cellIndex];
    return cell?.dataset.value ?? cell?.textContent?.trim() ?? "";
  };
  const rows = [...body.rows].sort((a, b) => {
    const order = numeric
      ? (Number.parseFloat(keyOf(a)) || 0) - (Number.parseFloat(keyOf(b)) || 0)
      : keyOf(a).localeCompare(keyOf(b), language, { numeric: true });
    return down ? -order : order;
  });
  body.append(...rows);
}
