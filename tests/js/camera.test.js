// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { PACE, isEconomy } from "../../web/static/js/camera.js";

test("the page decides first, then the learner, then the browser's knowledge of its line", () => {
  assert.equal(isEconomy("yes", "no", undefined), true);
  assert.equal(isEconomy("no", "", { saveData: true }), false);
  assert.equal(isEconomy("auto", "no", { effectiveType: "2g" }), false);
  assert.equal(isEconomy("auto", "yes", { effectiveType: "4g" }), true);
  assert.equal(isEconomy("auto", "", { saveData: true, effectiveType: "4g" }), true);
  assert.equal(isEconomy("auto", "", { effectiveType: "3g" }), true);
  assert.equal(isEconomy("auto", "", { effectiveType: "4g" }), false);
  assert.equal(isEconomy(undefined, "", undefined), false);
});

test("economy takes fewer and coarser pictures, and still enough for the rules", () => {
  assert.ok(PACE.economy.everyMs >= 2 * PACE.full.everyMs);
  assert.ok(PACE.economy.quality < PACE.full.quality);
  assert.ok((1_800_000 / PACE.economy.everyMs) * PACE.economy.most < 6_200_000); // of the ten megabytes for half an hour
  assert.ok(PACE.economy.everyMs < 3000); // proctor/rules/parameters.py: maximum_gap_seconds
});
