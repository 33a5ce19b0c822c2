// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { cleared, press } from "../../web/static/js/calculator.js";

/** What stands in the display after these keys, with spaces between them. @param {string} keys */
function shown(keys) {
  const end = keys.split(" ").reduce(press, cleared());
  return end.error ?? end.shown;
}

for (const [keys, expected] of Object.entries({
  "0 . 1 + 0 . 2 =": "0.3",
  "1 . 1 * 1 . 1 =": "1.21",
  "1 / 3 =": "0.33333333333",
  "2 / 3 =": "0.66666666667",
  "1 0 0 / 3 =": "33.3333333333",
  "1 - 0 . 9 =": "0.1",
  "2 + 3 * 4 =": "20", // keys are carried out as they come, as on a pocket calculator
  "2 0 0 + 1 0 % =": "220",
  "2 0 0 - 1 0 % =": "180",
  "2 0 0 * 1 0 % =": "20",
  "5 0 %": "0.5",
  "2 root": "1.41421356237",
  "1 4 4 root": "12",
  "0 . 0 4 root": "0.2",
  "0 root": "0",
  "5 + - 3 =": "2",
  "5 sign + 3 =": "-2",
  "0 sign": "0",
  "1 2 3 back back": "1",
  "1 back": "0",
  "1 . . 5": "1.5",
  "9 9 9 9 9 9 9 9 9 9 9 9": "999999999999",
  "1 2 3 4 5 6 7 8 9 0 1 2 3": "123456789012",
  "7 =": "7",
  "2 + 3 = 4": "4",
  "2 + 3 = + 1 =": "6",
  "8 / 0 =": "zero",
  "9 sign root": "root",
  "9 9 9 9 9 9 9 9 9 9 9 9 + 1 =": "large",
  "9 9 9 9 9 9 9 9 9 9 9 9 * 9 9 9 9 9 9 9 9 9 9 9 9 =": "large",
  "8 / 0 = 5": "zero",
  "8 / 0 = clear 5": "5",
  "0 0 7": "7",
  "1 / 8 =": "0.125",
  "1 sign / 8 =": "-0.125",
})) {
  test(`${keys} shows ${expected}`, () => assert.equal(shown(keys), expected));
}

test("adding a tenth a thousand times gives exactly one hundred", () => {
  let now = cleared();
  for (let count = 0; count < 1000; count += 1) for (const key of ["+", "0", ".", "1"]) now = press(now, key);
  assert.equal(press(now, "=").shown, "100");
});

test("a very small quotient is rounded to what the display holds", () => {
  assert.equal(shown("1 / 9 9 9 9 9 9 9 9 9 9 9 9 ="), "0");
  assert.equal(shown("1 / 8 0 0 0 0 0 0 0 ="), "0.0000000125");
});
