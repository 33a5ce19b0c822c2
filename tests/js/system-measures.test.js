// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";

import { light, lightMeaning, meaning, median, rate } from "../../web/static/js/system-measures.js";

test("the median of several measurements ignores one that went wrong", () => {
  assert.equal(median([10, 900, 12]), 12);
  assert.equal(median([4, 2]), 3);
});

test("the slower direction decides what a line is enough for", () => {
  assert.equal(meaning({ down: 250, up: 250, wait: 10 }), "full");
  assert.equal(meaning({ down: 9000, up: 249, wait: 10 }), "economy");
  assert.equal(meaning({ down: 9000, up: 60, wait: 10 }), "economy");
  assert.equal(meaning({ down: 59, up: 9000, wait: 10 }), "thin");
});

test("the wait for an answer is no part of the speed, and never all of the time", () => {
  assert.equal(rate(1250, 120, 100), 500);
  assert.equal(rate(1250, 200, 100), 100);
  assert.ok(Number.isFinite(rate(1250, 0, 0)));
});

test("a dark, a bright and an even picture are told from a good one", () => {
  const picture = (/** @type {(place: number) => number} */ of) => {
    const pixels = new Uint8ClampedArray(4 * 1000);
    for (let place = 0; place < 1000; place += 1) pixels.fill(of(place), place * 4, place * 4 + 3);
    return lightMeaning(light(pixels));
  };
  assert.equal(picture((place) => 60 + (place % 128)), "ok");
  assert.equal(picture((place) => (place >> 2) % 40), "dark");
  assert.equal(picture((place) => 220 + ((place >> 2) % 35)), "bright");
  assert.equal(picture(() => 120), "flat");
});
