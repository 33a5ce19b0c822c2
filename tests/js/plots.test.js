// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { COLOURS, axisText, dashOf, numberText, pointLines, rangeOf } from "../../web/static/js/plot-data.js";
import { configuration, heightOf } from "../../web/static/js/plot-kinds.js";

globalThis.document = { documentElement: { lang: "en" } };

const INK = { ink: "#000", ink2: "#222", line: "#ccc", surface: "#fff", font: "sans", low: "#fff", high: "#640", none: "#eee", series: Array(COLOURS).fill("#14507f") };
const WORDS = { at: "at", low: "from", high: "to", none: "no value" };
const axis = (label, unit = "", more = {}) => ({ label, unit, ...more });
const plot = (type, series, more = {}) => ({ id: "p", type, title: "P", x: axis("Ability"), y: axis("Share", "share"), series, marks: [], ...more });

test("numbers have as many digits as tell neighbours apart", () => {
  assert.equal(numberText(0.6234, "share"), "62.3%");
  assert.equal(numberText(0.01234, ""), "0.0123");
  assert.equal(numberText(12, "s"), "12 s");
  assert.equal(numberText(123.456, ""), "123.5");
  assert.equal(numberText(null, "share", "none"), "none");
});

test("a place on an axis of names is its name, and outside it is nothing", () => {
  const names = axis("Item", "", { categories: ["a", "b"] });
  assert.equal(axisText(names, 1), "b");
  assert.equal(axisText(names, 7), "");
});

test("a point says what it is, where it lies and how far it may lie elsewhere", () => {
  const one = plot("lines", [{ label: "Key", points: [[0.5, 0.25, 0.2, 0.3]] }]);
  assert.deepEqual(pointLines(one, 0, 0, WORDS), ["Key", "Ability: 0.5", "Share: 25% (from 20%, to 30%)"]);
  assert.deepEqual(pointLines(one, 0, 9, WORDS), []);
  const named = plot("points", [{ label: "Items", points: [[0.5, 0.25]], names: ["A.01"] }]);
  assert.deepEqual(pointLines(named, 0, 0, WORDS)[0], "A.01");
});

test("an interval reads along its number, a heat map by row, column and value", () => {
  const rows = axis("Item", "", { categories: ["a", "b"] });
  const interval = plot("interval", [{ label: "Difference", points: [[-0.2, 1, -0.3, -0.1]] }], { x: axis("Marks"), y: rows });
  assert.deepEqual(pointLines(interval, 0, 0, WORDS), ["b, Difference", "Marks: -0.2 (from -0.3, to -0.1)"]);
  const heat = plot("heat", [{ label: "", points: [[0, 1, 0.5], [1, 1, null]] }], { x: rows, y: rows });
  assert.deepEqual(pointLines(heat, 0, 0, WORDS), ["b", "a: 50%"]);
  assert.deepEqual(pointLines(heat, 0, 1, WORDS), ["b", "b: no value"]);
});

test("no two of the first series share colour and dash", () => {
  const seen = new Set(Array.from({ length: 4 * COLOURS }, (_, place) => `${place % COLOURS} ${dashOf(place)}`));
  assert.equal(seen.size, 4 * COLOURS);
});

test("the range of no numbers is 0 to 1, and gaps are left out", () => {
  assert.deepEqual(rangeOf([]), [0, 1]);
  assert.deepEqual(rangeOf([null, 3, undefined, -2]), [-2, 3]);
});

test("every point of a series is drawn once and knows its place; one without x is left out", () => {
  const made = configuration(plot("points", [{ label: "a", points: [[1, 2], [null, 3], [4, 5]] }]), INK);
  assert.deepEqual(made.data.datasets.map((set) => set.data.map((dot) => dot.place)), [[0, 2]]);
});

test("people and items share one upright scale, and items of like difficulty stand side by side", () => {
  const people = { label: "People", points: [[-1, 3], [0, 7], [1, 2]] };
  const items = { label: "Items", points: [[0, 1], [0.001, 1], [1, 1]], names: ["a", "b", "c"] };
  const made = configuration(plot("people_items", [people, items], { y: axis("Attempts") }), INK);
  const [bars, dots] = made.data.datasets;
  assert.deepEqual(bars.data.map((bar) => [bar.x, bar.y]), [[3, -1], [7, 0], [2, 1]]);
  assert.deepEqual(dots.data.map((dot) => dot.x), [0, 1, 0]);
  assert.ok(made.options.scales.y.min < -1 && made.options.scales.y.max > 1);
});

test("whiskers stay inside an interval's own axis", () => {
  const rows = axis("Item", "", { categories: ["a"] });
  const made = configuration(plot("interval", [{ label: "", points: [[0, 0, -5, 5]] }], { x: axis("Marks"), y: rows }), INK);
  assert.ok(made.options.scales.x.suggestedMin < -5 && made.options.scales.x.suggestedMax > 5);
});

test("a list of rows is as high as its rows", () => {
  const rows = (count) => axis("Item", "", { categories: Array(count).fill("x") });
  assert.ok(heightOf(plot("interval", [], { y: rows(60) }), 800) > 1500);
  assert.ok(heightOf(plot("interval", [], { y: rows(2) }), 800) >= 180);
});

test("points are handed over from left to right, as the library takes the ends of its scale from the first and the last", () => {
  const made = configuration(plot("points", [{ label: "", points: [[2, 1], [-3, 2], [1, 3]] }]), INK);
  assert.deepEqual(made.data.datasets[0].data.map((dot) => [dot.x, dot.place]), [[-3, 1], [1, 2], [2, 0]]);
});

test("whiskers of dots stay inside the upright axis", () => {
  const made = configuration(plot("points", [{ label: "", points: [[0, 0.5, 0.1, 0.9]] }]), INK);
  assert.deepEqual([made.options.scales.y.suggestedMin, made.options.scales.y.suggestedMax], [0.1, 0.9]);
});

test("parts of a whole stand one upon the other in the colours that they are given", () => {
  const colours = Array.from({ length: COLOURS }, (_, place) => `#00000${place}`);
  const names = axis("Criterion", "", { categories: ["PC1", "PC2"] });
  const whole = plot("bands", [{ label: "reached", colour: 3, points: [[0, 0.4], [1, 0.1]] }, { label: "in doubt", points: [[0, 0.6], [1, 0.9]] }], { x: names });
  const made = configuration(whole, { ...INK, series: colours });
  assert.deepEqual(made.data.datasets.map((set) => [set.type, set.backgroundColor]), [["bar", "#000002"], ["bar", "#000001"]]);
  assert.ok(made.options.scales.x.stacked && made.options.scales.y.stacked);
});

test("an axis that counts has whole numbers alone", () => {
  const made = configuration(plot("bars", [{ label: "", points: [[0, 1]] }], { y: axis("Attempts", "", { whole: true }) }), INK);
  assert.equal(made.options.scales.y.ticks.precision, 0);
});
