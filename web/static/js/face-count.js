// SPDX-License-Identifier: Apache-2.0
/**
 * How many faces a picture shows, by the network RFB-320: what goes in and what comes out of it. Pure. The network itself finds
 * places for boxes and their sizes; here they are only sifted.
 */

/** What the network looks at, whatever the picture's size. */
export const WIDTH = 320;
export const HEIGHT = 240;
/** A face for sure; what lies between this and `PERHAPS` may be one. */
export const SURE = 0.9;
export const PERHAPS = 0.6;
/** Boxes that overlap by more are one face. */
const OVERLAP = 0.3;

/**
 * The network's input: one plane for each colour, about -1 to 1.
 * @param {Uint8ClampedArray} rgba
 */
export function planes(rgba) {
  const size = rgba.length / 4;
  const input = new Float32Array(size * 3);
  for (let at = 0; at < size; at += 1) {
    for (let plane = 0; plane < 3; plane += 1) input[plane * size + at] = (/** @type {number} */ (rgba[at * 4 + plane]) - 127) / 128;
  }
  return input;
}

/**
 * The number of faces where every one is sure, else null: whoever is not sure lets the server look.
 * @param {Float32Array} scores for each place "no face", "face"
 * @param {Float32Array} boxes for each place left, top, right, bottom as shares
 * @returns {number | null}
 */
export function count(scores, boxes) {
  const found = [];
  for (let at = 0; at < scores.length / 2; at += 1) {
    const score = scores[at * 2 + 1] ?? 0;
    if (score >= PERHAPS) found.push({ score, box: boxes.subarray(at * 4, at * 4 + 4) });
  }
  found.sort((a, b) => b.score - a.score);
  /** @type {typeof found} */
  const faces = [];
  for (const one of found) if (faces.every(({ box }) => overlap(box, one.box) <= OVERLAP)) faces.push(one);
  return faces.every(({ score }) => score >= SURE) ? faces.length : null;
}

/** What two boxes share of what they cover together. @param {Float32Array} a @param {Float32Array} b */
function overlap(a, b) {
  const [left, top, right, bottom] = /** @type {[number, number, number, number]} */ (/** @type {unknown} */ (a));
  const [left2, top2, right2, bottom2] = /** @type {[number, number, number, number]} */ (/** @type {unknown} */ (b));
  const shared = Math.max(0, Math.min(right, right2) - Math.max(left, left2)) * Math.max(0, Math.min(bottom, bottom2) - Math.max(top, top2));
  return shared / ((right - left) * (bottom - top) + (right2 - left2) * (bottom2 - top2) - shared + 1e-9);
}
