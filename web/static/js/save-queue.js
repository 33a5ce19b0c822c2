// SPDX-License-Identifier: Apache-2.0
/**
 * Answers on their way to the server: one after the other, in order, again and again until the server says that it holds them.
 *
 * What the learner reads ("saved", "saving", "NOT saved") follows from here alone: an item is saved when the journal holds
 * nothing more of it, and the journal lets go of an answer only when the server has acknowledged exactly that one.
 */

/** @typedef {import("./journal.js").Entry} Entry */
/** @typedef {import("./journal.js").Journal} Journal */
/** @typedef {import("./journal.js").Value} Value */
/** @typedef {"saved" | "saving" | "unsaved"} SaveState */
/** @typedef {{seq: number, item: string, revision: number, received_at: string, receipt: string, remaining_ms: number}} Ack */
/**
 * What came of one try.
 * @typedef {{kind: "ack", ack: Ack, sentAt: number, receivedAt: number}
 *   | {kind: "refused", code: string}
 *   | {kind: "retry", afterMs?: number}
 *   | {kind: "signed-out"}} Outcome
 */
/** @typedef {(entry: Entry) => Promise<Outcome>} Send */

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 10_000;
/** Characters, of at most three bytes each: a browser refuses to keep more than 64 KiB alive after the page. */
const KEEPALIVE_LENGTH = 20_000;
/** What the server says when this browser is no longer the learner's: coming in again cures it. */
const SIGNED_OUT = new Set(["sign_in_needed", "form_expired", "page_unknown"]);
/** An answer that has waited this long is called NOT saved, even if no try has failed yet. */
const PATIENCE_MS = 4000;

/**
 * Fires "change" when a state changed, and CustomEvents "ack" (detail: Outcome), "refused" (detail: {entry, code}), "signed-out".
 */
export class SaveQueue extends EventTarget {
  /** @type {Journal} */
  #journal;
  /** @type {Send} */
  #send;
  /** @type {Map<string, number>} item -> answers being written to the journal just now */
  #writing = new Map();
  /** @type {Set<string>} items whose newest keystrokes are not yet an answer */
  #editing = new Set();
  #failures = 0;
  #running = false;
  #stopped = true;
  /** Monotonic ms since when something has been waiting; null when nothing is. @type {number | null} */
  #waitingSince = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #patience;
  /** @type {(() => void) | null} */
  #wake = null;
  #epoch = 0;

  /**
   * @param {Journal} journal
   * @param {Send} send
   */
  constructor(journal, send) {
    super();
    this.#journal = journal;
    this.#send = send;
    globalThis.addEventListener?.("online", () => this.nudge());
  }

  /**
   * Send. The epoch is that of our lease, or 0 when another device has it: then only what was written under a lease of ours
   * goes, for the server to judge.
   * @param {number} epoch
   */
  start(epoch) {
    this.#epoch = epoch;
    this.#stopped = false;
    this.nudge();
    void this.#run();
  }

  /** Send nothing more until `start`. What is written stays written. */
  stop() {
    this.#stopped = true;
    this.nudge();
  }

  /** Try again at once. */
  nudge() {
    this.#wake?.();
  }

  /**
   * Somebody is typing: the shown answer is not yet in the journal.
   * @param {string} item
   */
  edit(item) {
    if (this.#editing.has(item)) return;
    this.#editing.add(item);
    this.#changed();
  }

  /**
   * The typing ended where it began: there is nothing to save.
   * @param {string} item
   */
  unedit(item) {
    if (this.#editing.delete(item)) this.#changed();
  }

  /**
   * Write an answer down and send it when its turn comes. Resolves when it is in the journal.
   * @param {string} item
   * @param {Value} value
   */
  async add(item, value) {
    this.#editing.delete(item);
    this.#writing.set(item, (this.#writing.get(item) ?? 0) + 1);
    this.#changed();
    await this.#journal.append(item, value, this.#epoch, new Date().toISOString());
    const left = (this.#writing.get(item) ?? 1) - 1;
    if (left > 0) this.#writing.set(item, left);
    else this.#writing.delete(item);
    this.#changed();
    void this.#run();
  }

  /** @param {string} item @returns {SaveState} */
  stateOf(item) {
    if (this.#journal.pending.some((entry) => entry.item === item)) return this.#late() ? "unsaved" : "saving";
    return this.#writing.has(item) || this.#editing.has(item) ? "saving" : "saved";
  }

  /** The state of everything together. @returns {SaveState} */
  get state() {
    if (this.#journal.pending.length > 0) return this.#late() ? "unsaved" : "saving";
    return this.#writing.size > 0 || this.#editing.size > 0 ? "saving" : "saved";
  }

  /** Whether the last tries failed: no connection, or a server that does not answer. */
  get failing() {
    return this.#failures > 0;
  }

  /** How many answers wait to be acknowledged. */
  get waiting() {
    return this.#journal.pending.length + this.#writing.size + this.#editing.size;
  }

  /** Whether the item has an answer that the server does not hold yet. @param {string} item */
  isBusy(item) {
    return this.stateOf(item) !== "saved";
  }

  /**
   * Resolves true when everything is acknowledged, false when that took too long.
   * @param {number} withinMs
   * @returns {Promise<boolean>}
   */
  drained(withinMs) {
    return new Promise((resolve) => {
      const settle = (/** @type {boolean} */ done) => {
        clearTimeout(timer);
        this.removeEventListener("change", look);
        resolve(done);
      };
      const look = () => {
        if (this.waiting === 0) settle(true);
      };
      const timer = setTimeout(() => settle(this.waiting === 0), withinMs);
      this.addEventListener("change", look);
      look();
    });
  }

  #late() {
    return this.#failures > 0 || (this.#waitingSince !== null && performance.now() - this.#waitingSince >= PATIENCE_MS);
  }

  #changed() {
    if (this.#journal.pending.length === 0) {
      this.#waitingSince = null;
      clearTimeout(this.#patience);
    } else if (this.#waitingSince === null) {
      this.#waitingSince = performance.now();
      clearTimeout(this.#patience);
      this.#patience = setTimeout(() => this.dispatchEvent(new Event("change")), PATIENCE_MS + 50);
    }
    this.dispatchEvent(new Event("change"));
  }

  async #run() {
    if (this.#running) return;
    this.#running = true;
    try {
      for (let entry = this.#next(); entry !== undefined; entry = this.#next()) {
        await this.#journal.markSent(entry, this.#epoch);
        const outcome = await this.#send(entry);
        const again = await this.#settle(entry, outcome);
        this.#changed();
        if (again > 0) await this.#pause(again);
      }
    } finally {
      this.#running = false;
    }
  }

  #next() {
    if (this.#stopped) return undefined;
    // Without a lease of ours, only answers that were given under an earlier one may go.
    return this.#journal.pending.find((entry) => entry.epoch !== 0 || this.#epoch !== 0);
  }

  /**
   * @param {Entry} entry
   * @param {Outcome} outcome
   * @returns {Promise<number>} milliseconds to wait before the next try; 0 to go on
   */
  async #settle(entry, outcome) {
    switch (outcome.kind) {
      case "ack":
        this.#failures = 0;
        this.#waitingSince = null;
        await this.#journal.remove(entry);
        this.dispatchEvent(new CustomEvent("ack", { detail: outcome }));
        return 0;
      case "refused":
        this.#failures = 0;
        if (outcome.code === "sequence_conflict") {
          await this.#journal.renumber(entry);
        } else {
          await this.#journal.refuse(entry, outcome.code);
          this.dispatchEvent(new CustomEvent("refused", { detail: { entry, code: outcome.code } }));
        }
        return 0;
      case "signed-out":
        this.#failures += 1;
        this.dispatchEvent(new Event("signed-out"));
        return LONGEST_WAIT_MS;
      case "retry":
        this.#failures += 1;
        return outcome.afterMs ?? backoff(this.#failures, Math.random());
    }
  }

  /** @param {number} ms @returns {Promise<void>} */
  #pause(ms) {
    return new Promise((resolve) => {
      const go = () => {
        clearTimeout(timer);
        this.#wake = null;
        resolve();
      };
      const timer = setTimeout(go, ms);
      this.#wake = go;
    });
  }
}

/**
 * Exponential, capped, and jittered by half up and down: a hall of learners must not come back in one beat.
 * @param {number} failures 1 for the first
 * @param {number} chance 0 to 1
 */
export function backoff(failures, chance) {
  return Math.min(FIRST_WAIT_MS * 2 ** Math.min(failures - 1, 10), LONGEST_WAIT_MS) * (0.5 + chance);
}

/**
 * Sends an entry by PUT and judges the answer. Nothing but JSON that names this very entry is an acknowledgement.
 * @param {{saveUrl: string, csrf: string}} to saveUrl ends in "0", the place of the sequence number
 * @param {typeof fetch} [http]
 * @returns {Send}
 */
export function sendBy({ saveUrl, csrf }, http = (...args) => fetch(...args)) {
  return async (entry) => {
    const sentAt = performance.now();
    const body = JSON.stringify({
      device: entry.device,
      epoch: entry.epoch,
      item: entry.item,
      value: entry.value,
      client_time: entry.client_time,
    });
    try {
      const response = await http(saveUrl.replace(/0$/, String(entry.seq)), {
        method: "PUT",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrf },
        body,
        keepalive: body.length < KEEPALIVE_LENGTH,
        redirect: "error",
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
      const answer = await response.json().catch(() => null);
      return judge(entry, response, answer, sentAt, performance.now());
    } catch {
      return { kind: "retry" };
    }
  };
}

/**
 * @param {Entry} entry
 * @param {{ok: boolean, status: number, headers: {get(name: string): string | null}}} response
 * @param {any} body parsed JSON or null
 * @param {number} sentAt
 * @param {number} receivedAt
 * @returns {Outcome}
 */
export function judge(entry, response, body, sentAt, receivedAt) {
  if (response.ok) {
    const ours = body !== null && body.seq === entry.seq && body.item === entry.item;
    return ours ? { kind: "ack", ack: body, sentAt, receivedAt } : { kind: "retry" };
  }
  const code = typeof body?.code === "string" ? body.code : "";
  if ([401, 403].includes(response.status) || SIGNED_OUT.has(code)) return { kind: "signed-out" };
  if ([400, 404, 409, 413, 415, 422].includes(response.status) && code) return { kind: "refused", code };
  const after = Number(response.headers.get("Retry-After") ?? "");
  return after > 0 ? { kind: "retry", afterMs: Math.min(after * 1000, LONGEST_WAIT_MS) } : { kind: "retry" };
}
