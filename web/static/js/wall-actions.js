// SPDX-License-Identifier: Apache-2.0
/**
 * A learner's page over the live wall, so that the eye stays on the others. Without this script the links open that page, and its
 * forms lead back to the wall.
 *
 * The wall needs: links with data-learner in its tiles; a dialog #learner-dialog with [data-learner-slot], [data-learner-told] (a
 * polite live region) and data-failed. The learner's page: [data-learner-actions] with the attempt's id, in it [data-thread] and,
 * where there is a picture, an image [data-now-picture], which is kept up to date on both.
 */

export {};

const dialog = document.getElementById("learner-dialog");
const wall = document.querySelector("[data-wall]");
if (dialog instanceof HTMLDialogElement && wall) {
  wall.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[data-learner]") : null;
    const mouse = /** @type {MouseEvent} */ (event);
    if (!(link instanceof HTMLAnchorElement) || mouse.ctrlKey || mouse.metaKey || mouse.shiftKey) return;
    event.preventDefault();
    void open(dialog, link.href);
  });
  wall.addEventListener("tiles", (event) => {
    const open = dialog.open && dialog.querySelector("[data-learner-actions]")?.getAttribute("data-learner-actions");
    if (open && /** @type {CustomEvent} */ (event).detail.includes(open)) void renewThread(dialog);
  });
  dialog.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.method !== "post" || form.dataset.confirm !== undefined) return;
    event.preventDefault();
    void send(dialog, form, /** @type {SubmitEvent} */ (event).submitter);
  });
}

const PICTURE_EVERY_MS = 1000;
setInterval(() => void renewPicture(), PICTURE_EVERY_MS);

/** The address of what is open. */
let shown = "";

/**
 * @param {HTMLDialogElement} dialog
 * @param {string} href
 */
async function open(dialog, href) {
  shown = href;
  tell(dialog, "");
  await fill(dialog);
  if (!dialog.open) dialog.showModal();
  /** @type {HTMLElement | null} */ (dialog.querySelector("#learner-name"))?.focus();
}

/** @param {HTMLDialogElement} dialog */
async function fill(dialog) {
  const slot = dialog.querySelector("[data-learner-slot]");
  const actions = await fetchActions(shown);
  slot?.replaceChildren(actions ?? Object.assign(document.createElement("p"), { textContent: dialog.dataset.failed ?? "" }));
}

/**
 * Post a form and stay here: what was done is said above, and the page below is a fresh one.
 * @param {HTMLDialogElement} dialog
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} submitter
 */
async function send(dialog, form, submitter) {
  if (form.dataset.busy !== undefined) return;
  form.dataset.busy = "";
  try {
    const body = new FormData(form, submitter);
    const response = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "error" });
    const said = await response.json();
    if (response.ok) {
      await fill(dialog);
      /** @type {HTMLElement | null} */ (dialog.querySelector("#learner-name"))?.focus();
      tell(dialog, said.told);
    } else tell(dialog, [said.title, said.detail].filter(Boolean).join(" "), "danger");
  } catch {
    tell(dialog, dialog.dataset.failed ?? "", "danger");
  }
  delete form.dataset.busy;
}

/** What was written meanwhile, without touching what is being typed. @param {HTMLDialogElement} dialog */
async function renewThread(dialog) {
  const fresh = (await fetchActions(shown))?.querySelector("[data-thread]");
  if (fresh) dialog.querySelector("[data-thread]")?.replaceWith(fresh);
}

/** The newest picture in place of the one that is shown; the old one stays where none can be had. */
async function renewPicture() {
  /** @type {HTMLImageElement | null} */
  const image = document.querySelector("[data-now-picture]");
  if (!image || image.dataset.loading !== undefined || document.hidden || image.closest("dialog:not([open])")) return;
  image.dataset.loading = "";
  const url = new URL(image.src);
  url.searchParams.set("v", String(Date.now()));
  const fresh = new Image();
  fresh.src = url.href;
  try {
    await fresh.decode();
    image.src = url.href;
  } catch {
    // The next beat tries again.
  }
  delete image.dataset.loading;
}

/** @param {HTMLDialogElement} dialog @param {string} words @param {"success" | "danger"} [tone] */
function tell(dialog, words, tone = "success") {
  const place = dialog.querySelector("[data-learner-told]");
  if (!(place instanceof HTMLElement)) return;
  place.className = `notice notice--${tone}`;
  place.textContent = words;
  place.hidden = words === "";
}

/** @param {string} href @returns {Promise<Element | null>} */
async function fetchActions(href) {
  try {
    const response = await fetch(href, { headers: { Accept: "text/html" }, cache: "no-store", redirect: "error" });
    if (!response.ok) return null;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const found = page.querySelector("[data-learner-actions]");
    return found && document.importNode(found, true);
  } catch {
    return null;
  }
}
