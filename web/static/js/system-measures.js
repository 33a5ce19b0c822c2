// SPDX-License-Identifier: Apache-2.0
/** What the system check measures of a line, a clock and a picture. Nothing here touches the page. */

/** @typedef {{bytesUrl: string, uploadUrl: string, timeUrl: string, upBytes: number, csrf: string}} Addresses */
/** @typedef {{down: number, up: number, wait: number}} Line kbit/s, kbit/s, ms */

const TIMES = 3;
const TIMEOUT_MS = 20_000;
/** A watched test takes one small picture a second, in economy mode fewer and coarser ones; in kbit/s, with room to spare. */
export const ENOUGH = { full: 250, economy: 60 };

/** The server asks for patience. */
export class TooMany extends Error {}

/** @param {number[]} values at least one */
export function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? Number(sorted[middle]) : (Number(sorted[middle - 1]) + Number(sorted[middle])) / 2;
}

/** What a line is enough for. @param {Line} line @returns {"full" | "economy" | "thin"} */
export function meaning({ down, up }) {
  const least = Math.min(down, up);
  return least >= ENOUGH.full ? "full" : least >= ENOUGH.economy ? "economy" : "thin";
}

/**
 * kbit/s of a transfer; the wait for an answer is no part of it.
 * @param {number} bytes @param {number} ms @param {number} wait
 */
export function rate(bytes, ms, wait) {
  return (bytes * 8) / Math.max(ms - wait, ms / 10, 1);
}

/** Both ways, the median of several. @param {Addresses} to @returns {Promise<Line>} */
export async function measureLine(to) {
  const waits = await several(async () => (await timed(() => ask(to.timeUrl))).ms);
  const wait = median(waits);
  const down = await several(async () => {
    const { ms, value } = await timed(async () => (await ask(to.bytesUrl)).arrayBuffer());
    return rate(value.byteLength, ms, wait);
  });
  const noise = new Uint8Array(to.upBytes);
  crypto.getRandomValues(noise);
  const up = await several(async () => {
    const { ms } = await timed(() =>
      ask(to.uploadUrl, { method: "POST", headers: { "X-CSRFToken": to.csrf, "Content-Type": "application/octet-stream" }, body: noise }),
    );
    return rate(noise.length, ms, wait);
  });
  return { down: median(down), up: median(up), wait: Math.round(wait) };
}

/** How many seconds this device's clock is ahead of the server's. @param {Addresses} to @returns {Promise<number>} */
export async function measureClock(to) {
  const offsets = await several(async () => {
    const before = Date.now();
    const { ms, value } = await timed(async () => (await ask(to.timeUrl)).json());
    return before + ms / 2 - value.now_ms;
  });
  return median(offsets) / 1000;
}

/**
 * Light and variety of a picture: mean and spread of its brightness, 0 to 255.
 * @param {Uint8ClampedArray} pixels RGBA
 */
export function light(pixels) {
  let sum = 0;
  let squares = 0;
  let count = 0;
  for (let place = 0; place + 2 < pixels.length; place += 16) {
    const value = 0.2126 * Number(pixels[place]) + 0.7152 * Number(pixels[place + 1]) + 0.0722 * Number(pixels[place + 2]);
    sum += value;
    squares += value * value;
    count += 1;
  }
  const mean = sum / Math.max(count, 1);
  return { mean, spread: Math.sqrt(Math.max(squares / Math.max(count, 1) - mean * mean, 0)) };
}

/** What is to be said of a picture. @param {{mean: number, spread: number}} found */
export function lightMeaning({ mean, spread }) {
  if (spread < 4) return "flat";
  return mean < 45 ? "dark" : mean > 225 ? "bright" : "ok";
}

/** @template T @param {() => Promise<T>} act @returns {Promise<T[]>} */
async function several(act) {
  const found = [];
  for (let count = 0; count < TIMES; count += 1) found.push(await act());
  return found;
}

/** @template T @param {() => Promise<T>} act */
async function timed(act) {
  const before = performance.now();
  const value = await act();
  return { ms: performance.now() - before, value };
}

/** @param {string} url @param {RequestInit} [how] */
async function ask(url, how = {}) {
  const answer = await fetch(url, { cache: "no-store", redirect: "error", signal: AbortSignal.timeout(TIMEOUT_MS), ...how });
  if (answer.status === 429) throw new TooMany();
  if (!answer.ok) throw new Error(String(answer.status));
  return answer;
}
