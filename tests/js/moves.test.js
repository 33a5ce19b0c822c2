// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { Journal } from "../../web/static/js/journal.js";
import { SaveQueue, judge, sendBy } from "../../web/static/js/save-queue.js";

/** A queue over a journal in memory; `outcomes` come before acknowledgements. */
async function made(outcomes = []) {
  const journal = await Journal.open("a", undefined);
  const sent = [];
  const queue = new SaveQueue(journal, async (entry, signal) => {
    sent.push({ ...entry });
    const next = outcomes.shift();
    if (typeof next === "function") return next(signal);
    return next ?? { kind: "ack", ack: { seq: entry.seq, item: entry.item, receipt: "r" }, sentAt: 0, receivedAt: 0 };
  });
  return { journal, queue, sent };
}

function reply(status) {
  return { ok: status < 300, status, headers: { get: () => null } };
}

const said = ({ seq, item, value, move, target }) => [seq, move ? `${move} ${target}` : `${item}=${value}`];

test("answers and moves go in one sequence, in the order in which they were made", async () => {
  const { queue, sent } = await made();
  await queue.move("enter_section", "s1");
  await queue.add("i1", "a");
  await queue.move("leave_section", "s1");
  await queue.add("i2", "b");
  assert.deepEqual(queue.movesWaiting, [
    { move: "enter_section", target: "s1" },
    { move: "leave_section", target: "s1" },
  ]);
  assert.equal(queue.waiting, 4);
  queue.start(1);
  assert.equal(await queue.drained(1000), true);
  assert.deepEqual(sent.map(said), [
    [1, "enter_section s1"],
    [2, "i1=a"],
    [3, "leave_section s1"],
    [4, "i2=b"],
  ]);
  assert.deepEqual(queue.movesWaiting, []);
});

test("a newer answer replaces an older one only when no move lies between", async () => {
  const { queue, sent } = await made();
  await queue.add("i1", "before");
  await queue.move("leave_section", "s1");
  await queue.add("i1", "after");
  await queue.add("i1", "long after");
  queue.start(1);
  await queue.drained(1000);
  assert.deepEqual(sent.map(said), [
    [1, "i1=before"],
    [2, "leave_section s1"],
    [4, "i1=long after"],
  ]);
});

test("a move that waits makes no item unsaved, but the whole", async () => {
  const { queue } = await made();
  await queue.move("visit", "i1");
  assert.equal(queue.stateOf("i1"), "saved");
  assert.equal(queue.state, "saving");
});

test("after another value under our number everything behind it keeps its order", async () => {
  const { queue, sent } = await made([{ kind: "refused", code: "sequence_conflict" }]);
  await queue.add("i1", "a");
  await queue.move("leave_section", "s1");
  await queue.add("i2", "b");
  queue.start(1);
  await queue.drained(1000);
  assert.deepEqual(sent.map(said), [
    [1, "i1=a"],
    [1001, "i1=a"],
    [1002, "leave_section s1"],
    [1003, "i2=b"],
  ]);
});

test("a move is sent to its own address, and acknowledged by its number", async () => {
  const to = { saveUrl: "/room/responses/0", moveUrl: "/room/moves/0", csrf: "" };
  const calls = [];
  const send = sendBy(to, async (url, options) => {
    calls.push([url, options.headers["X-CSRFToken"], JSON.parse(options.body)]);
    return new Response(JSON.stringify({ seq: 7, receipt: "r" }), { status: 200 });
  });
  const entry = { device: "d", seq: 7, epoch: 2, kind: "move", item: "", value: null, move: "confirm", target: "i1", client_time: "t" };
  to.csrf = "newer token";
  assert.equal((await send(entry)).kind, "ack");
  const body = { device: "d", epoch: 2, kind: "confirm", target: "i1", client_time: "t" };
  assert.deepEqual(calls, [["/room/moves/7", "newer token", body]]);
});

test("what came too late leaves the queue and stays with its receipt", async () => {
  const entry = { device: "d", seq: 1, epoch: 1, item: "i1", value: "a" };
  const facts = { late: true, receipt: "abc", ended_at: "" };
  const outcome = judge(entry, reply(409), { code: "late_answer", facts }, 0, 0);
  assert.deepEqual(outcome, { kind: "refused", code: "late_answer", late: true, receipt: "abc" });
  const { queue, journal } = await made([outcome, { kind: "refused", code: "lease_lost" }]);
  const told = [];
  queue.addEventListener("refused", ({ detail }) => told.push([detail.entry.item, detail.late, detail.receipt]));
  await queue.add("i1", "a");
  await queue.add("i2", "b");
  queue.start(1);
  assert.equal(await queue.drained(1000), true);
  assert.deepEqual(told, [
    ["i1", true, "abc"],
    ["i2", false, undefined],
  ]);
  assert.deepEqual(journal.refused.filter(({ receipt }) => receipt).map(({ item, receipt }) => [item, receipt]), [["i1", "abc"]]);
});

test("a page that comes back to life does not wait for a request that died meanwhile", async (context) => {
  const hang = (signal) => new Promise((resolve) => signal.addEventListener("abort", () => resolve({ kind: "retry" })));
  const { queue, sent } = await made([hang]);
  let now = 0;
  context.mock.method(performance, "now", () => now);
  await queue.add("i1", "a");
  queue.start(1);
  await new Promise((resolve) => setTimeout(resolve, 5));
  now = 1000;
  queue.rouse(); // still young: it may arrive
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(sent.length, 1);
  now = 60_000;
  queue.rouse();
  assert.equal(await queue.drained(3000), true);
  assert.deepEqual(sent.map((entry) => entry.seq), [1, 1]);
});

test("without a store nothing is recalled, and remembering does no harm", async () => {
  const { journal } = await made();
  journal.remember({ answers: {} }, 1000);
  assert.deepEqual(await journal.recall(), { answers: {}, remainingMs: null, state: null, at: 0, moves: [] });
  await journal.forget();
});
