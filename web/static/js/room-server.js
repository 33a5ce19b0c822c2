// SPDX-License-Identifier: Apache-2.0
/**
 * What the room asks the server beside saving (its state, the lease, the hand-in), and when it asks how things stand: every four
 * seconds and at once when there is a reason, one question at a time. What is done with an answer is decided elsewhere.
 */

import { jsonHeaders } from "./save-queue.js";

/** @typedef {import("./journal.js").Value} Value */
/** @typedef {import("./room-view.js").Message} Message */
/**
 * A full state. One that says `unchanged` has `version`, `remaining_ms` and `section_remaining_ms` alone.
 * @typedef {object} RoomState
 * @property {number} [version] grows with everything but saved answers; what we hold is told by `since`
 * @property {true} [unchanged]
 * @property {"running" | "paused" | "submitted"} state
 * @property {number} remaining_ms
 * @property {number | null} [section_remaining_ms] of the open section; null without a limit
 * @property {number} epoch of the lease; 0 while no device has it
 * @property {boolean} holder whether this device has the lease
 * @property {number} [last_seq] the highest sequence number that the server has seen from this device
 * @property {Record<string, {value: Value, revision: number}>} answers as the server holds them
 * @property {boolean} proctored
 * @property {Message[]} [messages] between proctor and learner, oldest first
 * @property {boolean} [hand] whether the learner's hand is up
 * @property {{id: string, state: "waiting" | "open" | "closed", remaining_ms: number | null}[]} [sections]
 * @property {string | null} [position] the question reached in a linear section
 * @property {Record<string, number>} [confirmed]
 * @property {string[]} [withheld] questions of an adaptive section that need not be asked any more
 * @property {{item: string, seq: number, state: "waiting" | "admitted" | "refused"}[]} [late]
 * @property {{seen_ms_ago: number, pending: number} | null} [other_device] that had the lease before this one and has not said since that
 *   nothing waits there
 * @property {string} [csrf]
 */
/**
 * @template T
 * @typedef {{ok: true, body: T, sentAt: number, receivedAt: number} | {ok: false, status: number, code: string}} Reply
 *   status 0: no connection
 */

const TIMEOUT_MS = 10_000;
const BEAT_MS = 4000;
const JITTER_MS = 500;
/** A hidden page is asked to rest; more than fifteen seconds of silence would count as lost contact. */
const HIDDEN_MS = 9000;
const FAILED_MS = 2500;
/** What is pushed to a whole hall must not make it ask in one instant. */
const PUSH_JITTER_MS = 300;

export class RoomServer {
  /** @type {{stateUrl: string, leaseUrl: string, submitUrl: string, csrf: string}} */
  #to;

  /** @param {{stateUrl: string, leaseUrl: string, submitUrl: string, csrf: string}} to `csrf` is read at each request */
  constructor(to) {
    this.#to = to;
  }

  /**
   * @param {string} device
   * @param {number} epoch
   * @param {{since: number, pending: number}} held the version that we hold (0: none), and how many entries wait here
   * @returns {Promise<Reply<RoomState>>}
   */
  state(device, epoch, { since, pending }) {
    const asked = new URLSearchParams({ device, epoch: String(epoch), since: String(since), pending: String(pending) });
    return this.#ask("GET", `${this.#to.stateUrl}?${asked}`);
  }

  /** Take the lease for this device. @param {string} device @returns {Promise<Reply<RoomState>>} */
  lease(device) {
    return this.#ask("POST", this.#to.leaseUrl, { device });
  }

  /** Send something that nothing waits for. @param {string} url @param {object} body @returns {Promise<Reply<unknown>>} */
  tell(url, body) {
    return this.#ask("POST", url, body);
  }

  /** @param {string} device @param {number} epoch @returns {Promise<Reply<{slip: unknown[], next: string}>>} */
  submit(device, epoch) {
    return this.#ask("POST", this.#to.submitUrl, { device, epoch });
  }

  /** @param {string} method @param {string} url @param {object} [body] @returns {Promise<Reply<any>>} */
  async #ask(method, url, body) {
    const sentAt = performance.now();
    try {
      const response = await fetch(url, {
        method,
        headers: jsonHeaders(this.#to.csrf),
        ...(body ? { body: JSON.stringify(body) } : {}),
        cache: "no-store",
        redirect: "error",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const json = await response.json();
      if (response.ok) return { ok: true, body: json, sentAt, receivedAt: performance.now() };
      return { ok: false, status: response.status, code: String(json.code ?? "") };
    } catch {
      return { ok: false, status: 0, code: "" };
    }
  }
}

export class Poll {
  /** How many questions in a row failed. */
  failures = 0;
  #asking = false;
  #again = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {() => Promise<boolean>} */
  #ask;

  /** @param {() => Promise<boolean>} ask resolves to whether the server answered; never rejects */
  constructor(ask) {
    this.#ask = ask;
  }

  /** Begin the beat; and ask at once when the page or the line comes back. */
  start() {
    this.#plan();
    for (const event of ["online", "pageshow", "resume", "visibilitychange"]) {
      addEventListener(event, () => void this.now(), true);
    }
  }

  /** The server said that something changed. */
  pushed() {
    setTimeout(() => void this.now(), Math.random() * PUSH_JITTER_MS);
  }

  /** Ask now. Where a question is under way already, another follows it: its answer may be older than the reason. */
  async now() {
    if (this.#asking) {
      this.#again = true;
      return;
    }
    this.#asking = true;
    try {
      do {
        this.#again = false;
        this.failures = (await this.#ask()) ? 0 : this.failures + 1;
      } while (this.#again && this.failures === 0);
    } finally {
      this.#asking = false;
      this.#plan();
    }
  }

  #plan() {
    clearTimeout(this.#timer);
    const rest = this.failures > 0 ? FAILED_MS : document.hidden ? HIDDEN_MS : BEAT_MS;
    this.#timer = setTimeout(() => void this.now(), rest + (Math.random() * 2 - 1) * JITTER_MS);
  }
}
