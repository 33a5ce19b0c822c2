// SPDX-License-Identifier: Apache-2.0
/**
 * A file as an answer: sent at once with its progress shown; the answer then names what the server holds. A file that did not
 * arrive is never called saved. Where the page has no address for uploads (an author's preview), nothing is sent.
 */

import { fill } from "./part-texts.js";

/** @typedef {import("./parts.js").Part} Part */
/** @typedef {import("./part-kinds.js").Handler} Handler */

/** @param {Part} part @returns {Handler} */
export function upload(part) {
  const root = /** @type {HTMLElement} */ (part.block?.querySelector("[data-upload]"));
  const input = /** @type {HTMLInputElement} */ (root.querySelector("input"));
  const bar = /** @type {HTMLProgressElement} */ (root.querySelector("progress"));
  const place = /** @type {HTMLElement} */ (root.querySelector("[data-held]"));
  /** @type {{name: string, upload: string} | undefined} */
  let held;
  /** @type {XMLHttpRequest | undefined} the one that is under way */
  let sending;

  const tell = () => {
    place.hidden = held === undefined;
    /** @type {HTMLElement} */ (place.querySelector("[data-name]")).textContent = held?.name ?? "";
  };
  const say = (/** @type {string | undefined} */ text, /** @type {string} */ name) =>
    part.note(fill(text, { name, limit: root.dataset.limit ?? "" }));

  input.addEventListener("change", (event) => {
    event.stopPropagation(); // choosing a file answers nothing yet
    const file = input.files?.[0];
    const page = /** @type {HTMLElement | null} */ (part.host.closest("[data-upload-url]"));
    if (!file) return;
    if (file.size > Number(root.dataset.limit) * 1_000_000) say(root.dataset.textSize, file.name);
    else if (page) send(file, page.dataset);
    input.value = "";
  });

  /** @param {File} file @param {DOMStringMap} to */
  function send(file, to) {
    sending?.abort();
    const request = (sending = new XMLHttpRequest());
    const form = new FormData();
    for (const [name, value] of Object.entries({ device: to.device ?? "", item: part.host.dataset.item ?? "", part: part.ref })) {
      form.append(name, value);
    }
    form.append("file", file);
    request.open("POST", to.uploadUrl ?? "");
    request.setRequestHeader("X-CSRFToken", to.csrf ?? "");
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) bar.value = (event.loaded / event.total) * 100;
    };
    request.onloadend = () => {
      if (request !== sending) return; // another file took its place
      sending = undefined;
      bar.hidden = true;
      const body = request.response;
      if (request.status === 200 && typeof body?.upload === "string") {
        held = { name: body.name, upload: body.upload };
        part.note("");
        tell();
        part.changed();
      } else if (body?.code === "answer_file_too_large") say(root.dataset.textSize, file.name);
      else if (body?.code === "answer_file_type") say(root.dataset.textType, file.name);
      else say(root.dataset.textFailed, file.name);
    };
    bar.value = 0;
    bar.hidden = false;
    say(root.dataset.textBusy, file.name);
    request.send(form);
  }

  return {
    read: () => held,
    write: (value) => {
      held = value ?? undefined;
      tell();
    },
  };
}
