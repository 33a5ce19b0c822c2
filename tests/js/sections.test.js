// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { Sections } from "../../web/static/js/sections.js";

const all = () => /** @type {const} */ ("whole");
const none = () => /** @type {const} */ ("none");
const plain = { seconds: null, navigation: "free", allow_skipping: true, allow_review: true, max_attempts: 0, title: { en: "A" } };

/** @param {Partial<import("../../web/static/js/sections.js").Section>} first */
function paper(first = {}) {
  const described = [
    { ...plain, id: "one", items: ["a", "b", "c"], ...first },
    { ...plain, id: "two", items: ["d"], seconds: 60 },
  ];
  const made = new Sections(/** @type {any} */ (described), ["a", "b", "c", "d"]);
  assert.equal(made.current, null);
  assert.equal(made.next?.id, "one");
  made.move("enter_section", "one");
  return made;
}

test("a paper without sections is one free section that stays open", () => {
  const sections = new Sections([], ["a", "b"]);
  sections.apply({ sections: [] }, []);
  assert.equal(sections.explicit, false);
  assert.equal(sections.judge("b", none), "open");
  assert.equal(sections.next, null);
  assert.deepEqual(sections.missing(none), []);
});

test("only the questions of the open section can be shown", () => {
  const sections = paper();
  assert.equal(sections.judge("c", none), "open");
  assert.equal(sections.judge("d", none), "waiting");
  sections.move("leave_section", "one");
  assert.equal(sections.judge("a", none), "closed");
  assert.equal(sections.current, null);
  assert.equal(sections.next?.id, "two");
  sections.move("enter_section", "two");
  assert.equal(sections.judge("d", none), "open");
  assert.equal(sections.first, "d");
});

test("a linear section goes forward one question at a time and never back without review", () => {
  const sections = paper({ navigation: "linear", allow_review: false });
  assert.equal(sections.judge("c", none), "order");
  assert.equal(sections.judge("b", none), "open");
  assert.equal(sections.isStep("b"), true);
  sections.move("visit", "b");
  assert.equal(sections.judge("a", none), "closed");
  assert.equal(sections.first, "b");
  assert.equal(sections.isStep("b"), false);
});

test("with review, a question that was left can be read and not changed", () => {
  const sections = paper({ navigation: "linear" });
  sections.move("visit", "b");
  assert.equal(sections.judge("a", none), "read");
});

test("without skipping, the next question waits for an answer and the section for all of them", () => {
  const linear = paper({ navigation: "linear", allow_skipping: false });
  assert.equal(linear.judge("b", none), "skip");
  assert.equal(linear.judge("b", all), "open");
  const free = paper({ allow_skipping: false });
  assert.equal(free.judge("c", none), "open");
  assert.deepEqual(free.missing((item) => (item === "b" ? "whole" : "none")), ["a", "c"]);
});

test("where answers are validated, one with empty parts keeps its question open, none at all does not", () => {
  const sections = paper({ navigation: "linear", validate: true });
  assert.equal(sections.judge("b", () => "part"), "part");
  assert.equal(sections.judge("b", none), "open");
  assert.deepEqual(sections.missing((item) => (item === "a" ? "part" : "none")), ["a"]);
  assert.equal(paper().lack("a", () => "part"), null);
});

test("an answer can be confirmed as often as the section says, then it is read only", () => {
  const sections = paper({ max_attempts: 2 });
  assert.equal(sections.left("a"), 2);
  sections.move("confirm", "a");
  assert.equal(sections.judge("a", all), "open");
  sections.move("confirm", "a");
  assert.equal(sections.judge("a", all), "used");
  assert.equal(sections.left("d"), Infinity);
});

test("what the server says is taken in, with the moves over it that it has not acknowledged", () => {
  const sections = paper({ navigation: "linear", max_attempts: 1 });
  const report = {
    sections: [
      { id: "one", state: /** @type {const} */ ("open"), remaining_ms: null },
      { id: "two", state: /** @type {const} */ ("waiting"), remaining_ms: 90_000 },
    ],
    position: "b",
    confirmed: { a: 1 },
  };
  sections.apply(report, [{ move: "visit", target: "c" }]);
  assert.equal(sections.first, "c");
  assert.equal(sections.left("a"), 0);
  assert.equal(sections.timeOf("two"), 90_000);
  sections.apply(report, [{ move: "leave_section", target: "one" }, { move: "enter_section", target: "two" }]);
  assert.equal(sections.current?.id, "two");
});

test("a section whose time is over here stays closed whatever an older state says, until more time is given", () => {
  const sections = paper();
  sections.timeOver("one");
  const report = (/** @type {number} */ remaining_ms) => ({ sections: [{ id: "one", state: /** @type {const} */ ("open"), remaining_ms }] });
  sections.apply(report(300), []);
  assert.equal(sections.current, null);
  assert.equal(sections.isOver("one"), true);
  assert.equal(sections.previous?.id, "one");
  sections.apply(report(300_000), []);
  assert.equal(sections.current?.id, "one");
  assert.equal(sections.isOver("one"), false);
});

test("a section that the server closed without a move of ours is over, one that we left is not", () => {
  const closed = { sections: [{ id: "one", state: /** @type {const} */ ("closed"), remaining_ms: 0 }] };
  const over = paper();
  over.apply(closed, []);
  assert.equal(over.isOver("one"), true);
  const left = paper();
  left.move("leave_section", "one");
  left.apply(closed, []);
  assert.equal(left.isOver("one"), false);
});

const oneWay = /** @type {const} */ ({ navigation: "linear", allow_skipping: false, allow_review: false, adaptive: true });

test("a question that is not needed any more is passed, and the one after it is a step", () => {
  const sections = paper({ ...oneWay, items: ["a", "b", "c"] });
  const look = (/** @type {string} */ item) => (item === "a" ? "whole" : "none");
  sections.move("visit", "b");
  assert.equal(sections.spare(["b"], look), "c");
  assert.deepEqual(sections.current?.items, ["a", "c"]);
  assert.equal(sections.judge("c", look), "open");
  assert.equal(sections.isStep("c"), true);
  assert.equal(sections.after("a"), "c");
  assert.equal(sections.after("c"), "");
  sections.move("visit", "c");
  assert.equal(sections.judge("a", look), "closed");
});

test("where no question is needed any more the section has nowhere to go on", () => {
  const sections = paper({ ...oneWay, items: ["a", "b", "c"] });
  sections.move("visit", "b");
  assert.equal(sections.spare(["b", "c"], (item) => (item === "a" ? "whole" : "none")), "");
  assert.equal(sections.current?.settled, true);
  assert.deepEqual(sections.missing((item) => (item === "a" ? "whole" : "none")), []);
});

test("a question that has an answer already, or was left behind, stays where it is", () => {
  const sections = paper({ ...oneWay, items: ["a", "b", "c"] });
  sections.move("visit", "b");
  assert.equal(sections.spare(["a", "b", "c"], (item) => (item === "c" ? "none" : "whole")), null);
  assert.deepEqual(sections.current?.items, ["a", "b"]);
  assert.equal(sections.current?.settled, undefined);
  assert.equal(sections.judge("b", all), "open");
  sections.move("leave_section", "one");
  assert.equal(sections.spare(["b"], all), null);
});

test("after a reload the questions that were passed are no part of the way, and the one reached stays the one reached", () => {
  const sections = paper({ ...oneWay, items: ["a", "b", "c"] });
  const look = (/** @type {string} */ item) => (item === "a" ? "whole" : "none");
  const open = { sections: [{ id: "one", state: /** @type {const} */ ("open"), remaining_ms: null }], position: "c" };
  sections.apply(open, []);
  assert.equal(sections.spare(["b"], look), null);
  assert.deepEqual(sections.current?.items, ["a", "c"]);
  assert.equal(sections.first, "c");
  assert.deepEqual(sections.missing(look), ["c"]);
  sections.apply(open, []);
  assert.equal(sections.first, "c");
});

test("what a finished section did not ask is missing nowhere", () => {
  const sections = paper({ ...oneWay, items: ["a", "b", "c"] });
  sections.move("leave_section", "one");
  assert.equal(sections.spare(["b", "c"], (item) => (item === "a" ? "whole" : "none")), null);
  assert.deepEqual(sections.list.flatMap((one) => one.items), ["a", "d"]);
});
