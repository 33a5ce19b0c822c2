// SPDX-License-Identifier: Apache-2.0
/**
 * The time that is left, by the server. The wall clock of this device is never asked: it may be hours wrong.
 *
 * Every answer of the server carries the milliseconds that remain. Measured on the monotonic clock, the end lies between
 * "sent + remaining" and "received + remaining"; each sample narrows that interval. What is shown is its early end, so that
 * nobody ever counts on a second that is not there.
 */

/** A sample that lies this far outside the known interval means that the end itself has moved (more time, a pause). */
const TOLERANCE_MS = 250;

export class Clock {
  /** Earliest instant (monotonic ms) at which the time can end. */
  #earliest = -Infinity;
  /** Latest instant (monotonic ms) at which the time can end. */
  #latest = Infinity;
  /** @type {number | null} Milliseconds left while the clock stands still. */
  #frozen = null;
  /** @type {() => number} */
  #monotonic;

  /** @param {() => number} monotonic milliseconds that only grow */
  constructor(monotonic = () => performance.now()) {
    this.#monotonic = monotonic;
  }

  /**
   * Take in what the server said.
   * @param {number} remainingMs as the server sent it
   * @param {number} sentAt monotonic ms when the request left
   * @param {number} receivedAt monotonic ms when the answer came
   * @returns {number} by how many milliseconds the end moved; 0 when the sample only confirmed it
   */
  sample(remainingMs, sentAt, receivedAt) {
    const before = this.#earliest;
    this.#frozen = null;
    const earliest = sentAt + remainingMs;
    const latest = receivedAt + remainingMs;
    if (earliest > this.#latest + TOLERANCE_MS || latest < this.#earliest - TOLERANCE_MS) {
      this.#earliest = earliest;
      this.#latest = latest;
      return earliest - before;
    }
    this.#earliest = Math.max(this.#earliest, earliest);
    this.#latest = Math.max(this.#earliest, Math.min(this.#latest, latest));
    return 0;
  }

  /**
   * The attempt is paused: time stands still with this much left, until the next sample.
   * @param {number} remainingMs
   */
  freeze(remainingMs) {
    this.#frozen = remainingMs;
    this.#earliest = -Infinity;
    this.#latest = Infinity;
  }

  /** Milliseconds left, never below 0. Infinity before the first sample. */
  get remaining() {
    if (this.#frozen !== null) return this.#frozen;
    if (this.#earliest === -Infinity) return Infinity;
    return Math.max(0, this.#earliest - this.#monotonic());
  }
}

/**
 * "12:05", or "1:02:05" from an hour on. Rounded up, so that 0:00 means over.
 * @param {number} ms
 */
export function formatTime(ms) {
  const seconds = Math.ceil(ms / 1000);
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/**
 * The mark (in minutes) to announce when the time left went from `before` to `after`; the smallest one crossed, or null.
 * @param {number} before ms
 * @param {number} after ms
 * @param {readonly number[]} marks minutes
 */
export function crossedMark(before, after, marks) {
  const crossed = marks.filter((mark) => before > mark * 60_000 && after <= mark * 60_000);
  return crossed.length > 0 ? Math.min(...crossed) : null;
}
