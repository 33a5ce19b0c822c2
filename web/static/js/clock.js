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
/** More than this and the learner is told of it. */
const TOLD_EXTRA_MS = 5000;
const BEAT_MS = 250;

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

/**
 * The two clocks of the room, of the test and of the open section: shown four times a second, spoken only at the marks.
 * Fires "over" and "section-over" at each beat while they stand at nothing; what follows from that is decided elsewhere.
 */
export class RoomTime extends EventTarget {
  /** Time stands still. */
  paused = false;
  clock = new Clock();
  #section = new Clock();
  #last = { test: Infinity, section: Infinity };
  /** @type {number[]} minutes */
  #marks;
  #view;
  #sections;

  /**
   * @param {import("./room-view.js").RoomView} view
   * @param {import("./sections.js").Sections} sections
   */
  constructor(view, sections) {
    super();
    this.#view = view;
    this.#sections = sections;
    this.#marks = (view.root.dataset.announce ?? "").split(",").map(Number);
    setInterval(() => this.#tick(), BEAT_MS);
  }

  /** @param {number} ms left of the test @param {number} [sentAt] @param {number} [receivedAt] monotonic; none: now */
  take(ms, sentAt = performance.now(), receivedAt = sentAt) {
    if (this.paused) this.clock.freeze(ms);
    else {
      const moved = this.clock.sample(ms, sentAt, receivedAt);
      if (Number.isFinite(moved) && moved > TOLD_EXTRA_MS) this.#view.tell("timeAdded");
    }
  }

  /** @param {number | null} ms left of the open section; null without a limit of its own @param {number} [sentAt] @param {number} [receivedAt] */
  takeSection(ms, sentAt = performance.now(), receivedAt = sentAt) {
    if (ms === null || this.paused) this.#section.freeze(ms ?? Infinity);
    else this.#section.sample(ms, sentAt, receivedAt);
  }

  #tick() {
    const left = this.clock.remaining;
    this.#view.setTime(left);
    this.#last.test = this.#announce(this.#last.test, left, "minute");
    const inner = this.#sections.current ? this.#section.remaining : Infinity;
    this.#view.setSectionTime(Number.isFinite(inner) ? inner : null);
    this.#last.section = this.#announce(this.#last.section, inner, "sectionMinute");
    if (left === 0) this.dispatchEvent(new Event("over"));
    else if (inner === 0) this.dispatchEvent(new Event("section-over"));
  }

  /** Say a mark that was crossed. @param {number} before @param {number} now @param {string} text for one minute; with s for more */
  #announce(before, now, text) {
    const mark = crossedMark(before, now, this.#marks);
    if (mark !== null && Number.isFinite(before)) this.#view.tell(mark === 1 ? text : `${text}s`, { minutes: mark });
    return now;
  }
}
