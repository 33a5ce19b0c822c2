// SPDX-License-Identifier: Apache-2.0
/** After the end: what this device never got rid of is offered to the server, which keeps it as late. Then nothing stays here. */

import { Journal } from "./journal.js";
import { SaveQueue, sendBy } from "./save-queue.js";

const PATIENCE_MS = 60_000;

const place = /** @type {HTMLElement} */ (document.querySelector("[data-handed-in]"));
void clear(place.dataset.handedIn ?? "", place.dataset.csrf ?? "");

/** @param {string} attempt @param {string} csrf */
async function clear(attempt, csrf) {
  const journal = await Journal.open(attempt);
  const waiting = journal.pending.length;
  place.querySelector("[data-sending]")?.toggleAttribute("hidden", waiting === 0);
  if (waiting > 0) {
    const queue = new SaveQueue(journal, sendBy({ saveUrl: "/room/responses/0", csrf }));
    queue.start(1); // what never had a lease is offered too: nothing counts any more, all of it is kept
    if (!(await queue.drained(PATIENCE_MS))) return;
  }
  await journal.forget();
  if (waiting > 0) location.reload();
}
