// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { HEIGHT, PERHAPS, SURE, WIDTH, count, planes } from "../../web/static/js/face-count.js";

const FACE = [0.3, 0.2, 0.5, 0.5];
const NEAR = [0.31, 0.21, 0.51, 0.52];
const OTHER = [0.7, 0.2, 0.9, 0.5];

/** What the network answers: a score and a box for each place. */
function counted(...places) {
  const scores = Float32Array.from(places.flatMap(([score]) => [1 - score, score]));
  return count(scores, Float32Array.from(places.flatMap(([, box]) => box)));
}

test("boxes of one face are one face", () => {
  assert.equal(counted([0.99, FACE], [0.95, NEAR], [0.7, NEAR]), 1);
});

test("faces apart are several, none is none", () => {
  assert.equal(counted([0.99, FACE], [0.98, OTHER]), 2);
  assert.equal(counted([0.1, FACE]), 0);
  assert.equal(counted(), 0);
});

test("what may be a face leaves the picture to the server", () => {
  assert.equal(counted([0.99, FACE], [PERHAPS, OTHER]), null);
  assert.equal(counted([(SURE + PERHAPS) / 2, FACE]), null);
  assert.equal(counted([0.99, FACE], [PERHAPS - 0.01, OTHER]), 1);
});

test("the picture is laid out by colours, about -1 to 1", () => {
  const pixels = new Uint8ClampedArray(WIDTH * HEIGHT * 4).fill(127);
  pixels.set([255, 127, 0, 9], 4);
  const input = planes(pixels);
  assert.equal(input.length, WIDTH * HEIGHT * 3);
  assert.deepEqual([input[1], input[WIDTH * HEIGHT + 1], input[2 * WIDTH * HEIGHT + 1]], [1, 0, -127 / 128].map(Math.fround));
});
