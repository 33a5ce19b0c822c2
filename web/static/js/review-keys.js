// SPDX-License-Identifier: Apache-2.0
/**
 * The keys of the review: from event to event, verdict, reason, record. Every key only does what a control of the page does.
 * Keys are left alone while something is being typed or a dialog is open.
 */

const events = [...document.querySelectorAll("[data-event]")].filter((event) => event instanceof HTMLElement);
const form = document.getElementById("decisions");
const help = document.getElementById("keys-dialog");
let current = -1;

/** @param {number} place @param {boolean} [calm] whether the page may stay where it is */
function go(place, calm = false) {
  if (events.length === 0) return;
  current = Math.min(Math.max(place, 0), events.length - 1);
  const event = /** @type {HTMLElement} */ (events[current]);
  event.focus({ preventScroll: true });
  if (!calm) event.scrollIntoView({ block: "start" });
}

/** @param {number} from the first place to look at */
function nextOpen(from) {
  const undecided = (/** @type {HTMLElement} */ event) => "open" in event.dataset && !event.querySelector("[data-verdict]:checked");
  const after = events.findIndex((event, place) => place >= from && undecided(event));
  return after >= 0 ? after : events.findIndex(undecided);
}

/** @param {string} letter */
function choose(letter) {
  const radio = events[current]?.querySelector(`[data-verdict="${letter}"]`);
  if (!(radio instanceof HTMLInputElement) || radio.disabled) return;
  radio.click();
  write();
}

function write() {
  const reason = events[current]?.querySelector("[data-reason]");
  if (reason instanceof HTMLTextAreaElement) reason.focus();
}

function record() {
  if (form instanceof HTMLFormElement && document.querySelector("[data-verdict]:checked")) form.requestSubmit();
}

function showHelp() {
  if (help instanceof HTMLDialogElement && !help.open) help.showModal();
}

/** @type {Record<string, () => void>} */
const keys = {
  j: () => go(current + 1),
  k: () => go(current - 1),
  u: () => choose("u"),
  d: () => choose("d"),
  e: write,
  r: record,
  n: () => {
    const next = document.querySelector("[data-next-attempt]");
    if (next instanceof HTMLAnchorElement) next.click();
  },
  "?": showHelp,
};

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || (target instanceof HTMLInputElement && target.type !== "radio");
}

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
  if (isTyping(event.target)) {
    const leaves = event.key === "Escape" || (event.key === "Enter" && event.ctrlKey);
    if (!leaves || !(event.target instanceof HTMLTextAreaElement) || !("reason" in event.target.dataset)) return;
    event.preventDefault();
    const next = event.key === "Enter" ? nextOpen(current + 1) : -1;
    go(next >= 0 ? next : current, next < 0);
    return;
  }
  if (event.ctrlKey) return;
  const place = Number(event.key);
  const act = place >= 1 && place <= 9 ? () => go(place - 1) : keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (act === undefined) return;
  event.preventDefault();
  act();
});

for (const [place, event] of events.entries()) event.addEventListener("focusin", () => (current = place));
document.addEventListener("change", (event) => {
  const radio = event.target;
  if (!(radio instanceof HTMLInputElement) || radio.dataset.verdict === undefined) return;
  const reason = radio.closest("[data-event]")?.querySelector("[data-reason]");
  if (reason instanceof HTMLTextAreaElement) reason.required = true;
  const counter = document.querySelector("[data-decided]");
  if (counter) counter.textContent = String(document.querySelectorAll("[data-verdict]:checked").length);
});
const opener = document.querySelector("[data-help]");
if (opener instanceof HTMLElement) {
  opener.hidden = false;
  opener.addEventListener("click", showHelp);
}
const first = location.hash ? events.findIndex((event) => `#${event.id}` === location.hash) : nextOpen(0);
if (first >= 0) go(first, first === 0 || Boolean(location.hash));

export {};
