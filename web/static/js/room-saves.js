// SPDX-License-Identifier: Apache-2.0
/** What has become of the answers, in words; and the page's answers held against the server's. Nothing is sent from here but a repair. */

import { timeOf } from "./room-view.js";

/** @typedef {import("./journal.js").Value} Value */
/** @typedef {import("./room-server.js").RoomState} RoomState */

/** An answer, or the word of another device, that is younger than this may still be on its way although a state does not show it. */
const FRESH_MS = 10_000;

export class RoomSaves {
  signedOut = false;
  /** @type {import("./save-queue.js").SaveQueue | null} null until the journal is open */
  queue = null;
  #view;
  #walk;
  #review;
  /** Whether a reload keeps what waits. */
  #durable = true;
  #told = "saved";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #doubt;
  /** @type {Map<string, number>} item -> monotonic ms of the last answer given here */
  #touched = new Map();
  /** @type {Set<string>} item and value that were sent once more because the server did not hold them */
  #healed = new Set();
  /** @type {Record<"refused" | "replaced" | "late", Set<string>>} */
  #lists = { refused: new Set(), replaced: new Set(), late: new Set() };

  /**
   * @param {import("./room-view.js").RoomView} view
   * @param {import("./room-walk.js").RoomWalk} walk
   * @param {import("./room-walk.js").RoomReview} review
   */
  constructor(view, walk, review) {
    this.#view = view;
    this.#walk = walk;
    this.#review = review;
    addEventListener("offline", () => {
      this.refresh();
      view.tell("offline");
    });
    addEventListener("online", () => this.refresh());
  }

  /** Answers that came too late and are not decided. */
  get late() {
    return this.#lists.late;
  }

  /** The learner answered. @param {string} item */
  touch(item) {
    this.#touched.set(item, performance.now());
    for (const list of Object.values(this.#lists)) list.delete(item);
  }

  /** The server will not take it. @param {string} item @param {string} code @param {boolean} late it is kept nevertheless */
  refuse(item, code, late) {
    this.#lists[late ? "late" : code === "lease_lost" ? "replaced" : "refused"].add(item);
    this.refresh();
  }

  /** Late answers by what was decided of them, and the device before this one. @param {RoomState} state */
  tellOthers({ late = [], other_device: other = null }) {
    const of = (/** @type {string} */ decided) => late.filter((one) => one.state === decided).map((one) => one.item);
    this.#lists.late = new Set([...of("waiting"), ...[...this.#lists.late].filter((item) => !late.some((one) => one.item === item))]);
    this.#view.setList("admitted", of("admitted"));
    this.#view.setList("unaccepted", of("refused"));
    clearTimeout(this.#doubt);
    const { seen_ms_ago: ago = 0, pending: count = 1 } = other ?? {};
    const text = other && this.#view.text("other-device", { time: timeOf(Date.now() - ago), count });
    this.#doubt = setTimeout(() => this.#view.setNotice("other-device", text), count ? 0 : FRESH_MS - ago);
  }

  /** The test is ours again: show what the server holds, except where this device has something newer on its way. */
  adopt(/** @type {RoomState["answers"]} */ answers) {
    for (const item of this.#view.items) {
      if (!this.queue?.isBusy(item.item)) item.show(answers[item.item]?.value ?? null);
    }
  }

  /**
   * What came from the device before this one is shown, where nothing was answered here. An answer of ours that is shown as saved and
   * that the server does not hold is sent once more: it must not happen; if it does, nothing is lost.
   */
  heal(/** @type {RoomState["answers"]} */ answers, /** @type {number} */ askedAt) {
    for (const item of this.#view.items) {
      const held = answers[item.item]?.value ?? null;
      const key = `${item.item} ${same(item.value)}`;
      if (this.queue?.isBusy(item.item) || same(item.value) === same(held) || this.#healed.has(key)) continue;
      const at = this.#touched.get(item.item);
      if (at === undefined) item.show(held);
      else if (at < askedAt - FRESH_MS && !this.#lists.refused.has(item.item) && !this.#lists.late.has(item.item)) {
        this.#healed.add(key);
        void this.queue?.add(item.item, item.value);
      }
    }
  }

  /** What a refusal of the server means for the learner. @param {{status: number, code: string}} reply */
  blame({ status, code }) {
    if (status === 401 || status === 403 || code === "page_unknown") this.setSignedOut(true);
  }

  /** @param {boolean} out */
  setSignedOut(out) {
    this.signedOut = out;
    this.#view.setBanner("signed-out", out);
    this.refresh();
  }

  /** @param {boolean} durable */
  setDurable(durable) {
    this.#durable = durable;
    this.refresh();
  }

  /** Say anew what is saved, what is on its way and what is not saved. */
  refresh() {
    const online = navigator.onLine;
    this.#view.setBanner("offline", !online);
    if (!online) this.#view.setLine("off");
    const { queue } = this;
    if (!queue) return;
    const { state } = queue;
    this.#view.setSave(state);
    this.#view.setBanner("unsaved", state === "unsaved" && online && !this.signedOut);
    this.#view.setBanner("memory", !this.#durable);
    for (const [name, items] of Object.entries(this.#lists)) this.#view.setList(name, items);
    this.#walk.refresh((item) => queue.stateOf(item));
    if (this.#review.dialog.open) this.#review.unsaved(state !== "saved" && online);
    if (state === "saving" || state === this.#told) return;
    if (state === "unsaved") this.#view.tell(online ? "notSaved" : "offline");
    else if (this.#told === "unsaved") this.#view.tell("savedAgain");
    this.#told = state;
  }
}

/** Two values that mean the same have the same text, whatever the order of the options. @param {Value} value */
function same(value) {
  return JSON.stringify(Array.isArray(value) ? [...value].sort() : value);
}
