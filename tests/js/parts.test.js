// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { fill } from "../../web/static/js/part-texts.js";
import { settled } from "../../web/static/js/parts.js";

test("an answer within its limits stays as it is", () => {
  assert.deepEqual(settled(["a", "b"], "b", 2, {}), { entries: ["a", "b"], limit: 0 });
  assert.deepEqual(settled(["a", "b", "c"], "c", 0, {}), { entries: ["a", "b", "c"], limit: 0 });
});

test("where one may be chosen the newest takes the place of the other", () => {
  assert.deepEqual(settled(["a", "b"], "a", 1, {}), { entries: ["a"], limit: 0 });
});

test("where several may be chosen one too many is taken back and the limit is named", () => {
  assert.deepEqual(settled(["a", "b", "c"], "b", 2, {}), { entries: ["a", "c"], limit: 2 });
});

test("a choice that may be used once leaves its older pair", () => {
  const entries = [["a", "x"], ["b", "y"], ["b", "x"]];
  assert.deepEqual(settled(entries, ["b", "x"], 0, { b: 1 }), { entries: [["a", "x"], ["b", "x"]], limit: 0 });
});

test("a pair that frees one place and still breaks another limit is taken back", () => {
  const entries = [["a", "x"], ["b", "y"], ["c", "y"], ["a", "y"]];
  const found = settled(entries, ["a", "y"], 0, { a: 1, y: 2 });
  assert.deepEqual(found, { entries: entries.slice(0, 3), limit: 2 });
});

test("a choice used with itself counts twice", () => {
  assert.deepEqual(settled([["a", "a"]], ["a", "a"], 0, { a: 1 }), { entries: [], limit: 1 });
});

test("the places of a text are filled and an unknown one is left empty", () => {
  assert.equal(fill("{x} of {total}{gone}", { x: 1, total: "3" }), "1 of 3");
  assert.equal(fill(undefined, {}), "");
});
