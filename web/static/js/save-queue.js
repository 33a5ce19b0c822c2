// SPDX-License-Identifier: Apache-2.0
/**
 * Answers and moves on their way to the server: one after the other, in order, again and again until the server says that it
 * holds them.
 *
 * What the learner reads ("saved", "saving", "NOT saved") follows from here alone: an item is saved when the journal holds
 * nothing more of it, and the journal lets go of an answer only when the server has acknowledged exactly that one.
 */

/** @typedef {import("./journal.js").Entry} Entry */
/** @typedef {import("./journal.js").Journal} Journal */
/** @typedef {import("./journal.js").Value} Value */
/** @typedef {import("./journal.js").Move} Move */
/** @typedef {"saved" | "saving" | "unsaved"} SaveState */
/**
 * What the server says when it holds an answer (item, revision) or a move.
 * @typedef {{seq: number, item?: string, revision?: number, received_at: string, receipt: string, remaining_ms: number, section_remaining_ms?: number | null, withheld?: string[]}} Ack
 */
/**
 * What came of one try.
 * @typedef {{kind: "ack", ack: Ack, sentAt: number, receivedAt: number}
 *   | {kind: "refused", code: string, late?: boolean, receipt?: string}
 *   | {kind: "retry", afterMs?: number}
 *   | {kind: "signed-out"}} Outcome
 */
/** @typedef {(entry: Entry, signal?: AbortSignal) => Promise<Outcome>} Send */

const SHORTEST_WAIT_MS = 100;
const FIRST_WAIT_MS = 800;
const LONGEST_WAIT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 10_000;
/** When a page comes back to life, a request that has been out for longer than this is taken for dead. */
const STALE_MS = 2500;
/** When a line comes back, it comes back for a whole hall: everybody waits for a moment of their own. */
const RECONNECT_SPREAD_MS = 1500;
/** Characters, of at most three bytes each: a browser refuses to keep more than 64 KiB alive after the page. */
const KEEPALIVE_LENGTH = 20_000;
/** What the server says when this browser is no longer the learner's: coming in again cures it. */
const SIGNED_OUT = new Set(["sign_in_needed", "form_expired", "page_unknown"]);
/** An answer that has waited this long is called NOT saved, even if no try has failed yet. */
const PATIENCE_MS = 4000;

/**
 * Fires "change" when a state changed, and CustomEvents "ack" (detail: {entry, ack, sentAt, receivedAt}), "refused" (detail:
 * {entry, code, late, receipt}), "signed-out".
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
  /** How many tries in a row failed since the page last came to life. */
  #tries = 0;
  /** The request that is out. @type {{abort: () => void, since: number} | null} */
  #flight = null;
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
    globalThis.addEventListener?.("online", () => setTimeout(() => this.rouse(), Math.random() * RECONNECT_SPREAD_MS));
    for (const name of ["resume", "visibilitychange", "pageshow"]) globalThis.addEventListener?.(name, () => this.rouse(), true);
  }

  /**
   * Send. The epoch is that of our lease, or 0 when another device has it: then only what was written under a lease of ours
   * goes, for the server to judge.
   * @param {number} epoch
   */
  start(epoch) {
    this.#epoch = epoch;
    this.#journal.lease = 0;
    this.#stopped = false;
    this.nudge();
    void this.#run();
  }

  /** Try again at once. */
  nudge() {
    this.#wake?.();
  }

  /** The page has come back (a call, a locked screen, another app, a lost line): what was out before is not waited for. */
  rouse() {
    this.#tries = 0;
    if (this.#flight && performance.now() - this.#flight.since > STALE_MS) this.#flight.abort();
    this.nudge();
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
    await this.#write(item, this.#journal.append(item, value, this.#epoch, new Date().toISOString()));
  }

  /**
   * Write a move down, in one sequence with the answers. Resolves when it is in the journal.
   * @param {Move} move
   * @param {string} target
   */
  async move(move, target) {
    await this.#write("", this.#journal.appendMove(move, target, this.#epoch, new Date().toISOString()));
  }

  /** Moves that the server does not hold yet, in order. @returns {{move: Move, target: string}[]} */
  get movesWaiting() {
    return this.#journal.pending.flatMap(({ move, target }) => (move && target !== undefined ? [{ move, target }] : []));
  }

  /** @param {string} item @param {Promise<unknown>} written */
  async #write(item, written) {
    this.#writing.set(item, (this.#writing.get(item) ?? 0) + 1);
    this.#changed();
    await written;
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
        const again = await this.#settle(entry, await this.#fly(entry));
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

  /** @param {Entry} entry */
  async #fly(entry) {
    const controller = new AbortController();
    this.#flight = { abort: () => controller.abort(), since: performance.now() };
    const timer = setTimeout(this.#flight.abort, REQUEST_TIMEOUT_MS);
    try {
      return await this.#send(entry, controller.signal);
    } finally {
      clearTimeout(timer);
      this.#flight = null;
    }
  }

  /**
   * @param {Entry} entry
   * @param {Outcome} outcome
   * @returns {Promise<number>} milliseconds to wait before the next try; 0 to go on
   */
  async #settle(entry, outcome) {
    switch (outcome.kind) {
      case "ack":
        this.#failures = this.#tries = 0;
        this.#waitingSince = null;
        await this.#journal.acknowledge(entry, outcome.ack);
        this.dispatchEvent(new CustomEvent("ack", { detail: { entry, ...outcome } }));
        return 0;
      case "refused":
        this.#failures = this.#tries = 0;
        if (outcome.code === "sequence_conflict") {
          await this.#journal.renumber(entry);
        } else {
          await this.#journal.refuse(entry, outcome.code, outcome.receipt);
          this.dispatchEvent(new CustomEvent("refused", { detail: { entry, late: false, ...outcome } }));
        }
        return 0;
      case "signed-out":
        this.#failures += 1;
        this.dispatchEvent(new Event("signed-out"));
        return LONGEST_WAIT_MS;
      case "retry":
        this.#failures += 1;
        this.#tries += 1;
        return outcome.afterMs ?? backoff(this.#tries, Math.random());
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
 * Exponential, capped, and anything between nothing and that: a hall of learners must not come back in one beat.
 * @param {number} failures 1 for the first
 * @param {number} chance 0 to 1
 */
export function backoff(failures, chance) {
  return SHORTEST_WAIT_MS + Math.min(FIRST_WAIT_MS * 2 ** Math.min(Math.max(failures - 1, 0), 10), LONGEST_WAIT_MS) * chance;
}

/** Wait before the next try. @param {number} tries that failed @param {number} [least] ms that are waited in any case @returns {Promise<void>} */
export function pause(tries, least = 0) {
  return new Promise((resolve) => setTimeout(resolve, least + backoff(tries, Math.random())));
}

/** @param {string} csrf */
export function jsonHeaders(csrf) {
  return { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrf };
}

/**
 * Sends an entry by PUT and judges the answer. Nothing but JSON that names this very entry is an acknowledgement.
 * @param {{saveUrl: string, moveUrl?: string, csrf: string}} to the addresses end in "0", the place of the sequence number; read anew
 *   for each entry
 * @param {typeof fetch} [http]
 * @returns {Send}
 */
export function sendBy(to, http = (...args) => fetch(...args)) {
  return async (entry, signal) => {
    const sentAt = performance.now();
    const { device, epoch, client_time } = entry;
    const move = entry.kind === "move";
    const what = move ? { kind: entry.move, target: entry.target } : { item: entry.item, value: entry.value };
    const body = JSON.stringify({ device, epoch, ...what, client_time });
    const url = move ? (to.moveUrl ?? "/room/moves/0") : to.saveUrl;
    try {
      const response = await http(url.replace(/0$/, String(entry.seq)), {
        method: "PUT",
        headers: jsonHeaders(to.csrf),
        body,
        keepalive: body.length < KEEPALIVE_LENGTH,
        redirect: "error",
        signal,
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
    const ours = body !== null && body.seq === entry.seq && (entry.kind === "move" || body.item === entry.item);
    return ours ? { kind: "ack", ack: body, sentAt, receivedAt } : { kind: "retry" };
  }
  const code = typeof body?.code === "string" ? body.code : "";
  if ([401, 403].includes(response.status) || SIGNED_OUT.has(code)) return { kind: "signed-out" };
  if ([400, 404, 409, 413, 415, 422].includes(response.status) && code) {
    const { late, receipt } = body.facts ?? {};
    return { kind: "refused", code, ...(late === true ? { late, receipt: String(receipt ?? "") } : {}) };
  }
  const after = Number(response.headers.get("Retry-After") ?? "");
  return after > 0 ? { kind: "retry", afterMs: Math.min(after * 1000, LONGEST_WAIT_MS) } : { kind: "retry" };
}
