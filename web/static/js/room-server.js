// SPDX-License-Identifier: Apache-2.0
/** What the room asks the server beside saving: its state, the lease, the hand-in. */

/** @typedef {import("./journal.js").Value} Value */
/**
 * @typedef {object} RoomState
 * @property {"running" | "paused" | "submitted"} state
 * @property {number} remaining_ms
 * @property {number} epoch of the lease; 0 while no device has it
 * @property {boolean} holder whether this device has the lease
 * @property {number} [last_seq] the highest sequence number that the server has seen from this device
 * @property {Record<string, {value: Value, revision: number}>} answers as the server holds them
 * @property {boolean} proctored
 * @property {string | null} notice a message of the proctor
 */
/**
 * @template T
 * @typedef {{ok: true, body: T, sentAt: number, receivedAt: number} | {ok: false, status: number, code: string}} Reply
 *   status 0: no connection
 */

const TIMEOUT_MS = 10_000;

export class RoomServer {
  /** @type {{stateUrl: string, leaseUrl: string, submitUrl: string, csrf: string}} */
  #to;

  /** @param {{stateUrl: string, leaseUrl: string, submitUrl: string, csrf: string}} to */
  constructor(to) {
    this.#to = to;
  }

  /** @param {string} device @param {number} epoch @returns {Promise<Reply<RoomState>>} */
  state(device, epoch) {
    return this.#ask("GET", `${this.#to.stateUrl}?${new URLSearchParams({ device, epoch: String(epoch) })}`);
  }

  /** Take the lease for this device. @param {string} device @returns {Promise<Reply<RoomState>>} */
  lease(device) {
    return this.#ask("POST", this.#to.leaseUrl, { device });
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
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": this.#to.csrf },
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
