// SPDX-License-Identifier: Apache-2.0
/**
 * From when to when somebody spoke, out of the likelihood of speech in each 32 ms. Pure; proctor/voice/spans.py does the same on the
 * server. No sound comes here.
 */

/** Samples of each step, at 16,000 a second. */
export const STEP = 512;
export const STEP_MS = 32;
/** At this likelihood speech begins; below `QUIET` it may end. */
const LOUD = 0.5;
const QUIET = 0.35;
/** So long it must be quiet before speech has ended, and so long must speech have been to count. */
const PAUSE_MS = 640;
const LEAST_MS = 320;
/** Longer speech is told in parts, so that nobody waits for its end. */
const MOST_MS = 20_000;

export class Spans {
  #at = 0;
  #from = -1;
  #heard = 0;

  /**
   * One more step.
   * @param {number} likelihood 0 to 1
   * @returns {{from: number, to: number} | null} ms since the first step, when a span is over
   */
  add(likelihood) {
    const now = (this.#at += STEP_MS);
    if (likelihood >= LOUD && this.#from < 0) this.#from = now - STEP_MS;
    if (this.#from < 0) return null;
    if (likelihood >= QUIET) this.#heard = now;
    if (now - this.#heard < PAUSE_MS && now - this.#from < MOST_MS) return null;
    const span = { from: this.#from, to: this.#heard };
    this.#from = -1;
    return span.to - span.from >= LEAST_MS ? span : null;
  }
}
