// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { Journal } from "../../web/static/js/journal.js";
import { SaveQueue, backoff, judge, sendBy } from "../../web/static/js/save-queue.js";

const ENTRY = { attempt: "a", device: "d", seq: 4, epoch: 1, item: "i1", value: ["x"], client_time: "2026-11-22T05:00:00Z" };

function ackOf(entry) {
  const ack = { seq: entry.seq, item: entry.item, revision: 1, received_at: "", receipt: "", remaining_ms: 1 };
  return { kind: "ack", ack, sentAt: 0, receivedAt: 0 };
}

/** A queue over a journal in memory and a server that keeps what it was sent; `outcomes` come before acknowledgements. */
async function made(outcomes = []) {
  const journal = await Journal.open("a", undefined);
  const sent = [];
  const queue = new SaveQueue(journal, async (entry) => {
    sent.push({ ...entry });
    return outcomes.shift() ?? ackOf(entry);
  });
  return { journal, queue, sent };
}

function reply(status, headers = {}) {
  return { ok: status < 300, status, headers: { get: (name) => headers[name] ?? null } };
}

test("answers go one by one, in order, under the lease's epoch", async () => {
  const { queue, sent } = await made();
  await queue.add("i1", ["a"]);
  await queue.add("i2", ["b"]);
  assert.equal(sent.length, 0);
  assert.equal(queue.state, "saving");
  queue.start(3);
  assert.equal(await queue.drained(1000), true);
  assert.deepEqual(sent.map(({ seq, epoch, item }) => [seq, epoch, item]), [[1, 3, "i1"], [2, 3, "i2"]]);
  assert.equal(queue.state, "saved");
});

test("an answer stays unsaved until the server has acknowledged it", async () => {
  const { queue, journal } = await made([{ kind: "retry", afterMs: 1 }, { kind: "retry", afterMs: 1 }]);
  const states = new Set();
  queue.addEventListener("change", () => states.add(queue.stateOf("i1")));
  queue.start(1);
  await queue.add("i1", "1930");
  assert.equal(await queue.drained(2000), true);
  assert.deepEqual([...states], ["saving", "unsaved", "saved"]);
  assert.equal(journal.pending.length, 0);
});

test("a try that failed is sent again under the same number", async () => {
  const { queue, sent } = await made([{ kind: "retry", afterMs: 1 }]);
  queue.start(1);
  await queue.add("i1", ["a"]);
  await queue.drained(1000);
  assert.deepEqual(sent.map((entry) => entry.seq), [1, 1]);
});

test("a newer answer replaces one that was never on its way, and no other", async () => {
  const { queue, sent } = await made();
  await queue.add("i1", "19");
  await queue.add("i2", ["b"]);
  await queue.add("i1", "1930");
  queue.start(1);
  await queue.drained(1000);
  assert.deepEqual(sent.map(({ item, value }) => [item, value]), [["i2", ["b"]], ["i1", "1930"]]);
});

test("what another device has overtaken is told, kept and not sent again", async () => {
  const { queue, journal, sent } = await made([{ kind: "refused", code: "lease_lost" }]);
  const refused = [];
  queue.addEventListener("refused", (event) => refused.push([event.detail.entry.item, event.detail.code]));
  queue.start(1);
  await queue.add("i1", ["a"]);
  await queue.add("i2", ["b"]);
  await queue.drained(1000);
  assert.deepEqual(refused, [["i1", "lease_lost"]]);
  assert.deepEqual(journal.refused.map((entry) => entry.item), ["i1"]);
  assert.deepEqual(sent.map((entry) => entry.item), ["i1", "i2"]);
});

test("a number that the server knows with another value is given up for one far ahead", async () => {
  const { queue, sent } = await made([{ kind: "refused", code: "sequence_conflict" }]);
  queue.start(1);
  await queue.add("i1", ["a"]);
  await queue.drained(1000);
  assert.deepEqual(sent.map((entry) => entry.seq), [1, 1001]);
});

test("numbers go on above what the server has seen of this device", async () => {
  const { queue, journal, sent } = await made();
  journal.skipTo(17);
  queue.start(1);
  await queue.add("i1", ["a"]);
  await queue.drained(1000);
  assert.equal(sent[0].seq, 18);
});

test("without a lease only what was written under an earlier one is sent", async () => {
  const { queue, sent } = await made([{ kind: "retry", afterMs: 5 }]);
  queue.start(2);
  await queue.add("i1", ["a"]);
  queue.start(0);
  await queue.add("i2", ["b"]);
  assert.equal(await queue.drained(50), false);
  assert.deepEqual(sent.map(({ item, epoch }) => [item, epoch]), [["i1", 2], ["i1", 2]]);
  queue.start(4);
  assert.equal(await queue.drained(1000), true);
  assert.deepEqual([sent.at(-1).item, sent.at(-1).epoch], ["i2", 4]);
});

test("typing counts as not saved, and typing that changed nothing does not", async () => {
  const { queue } = await made();
  queue.edit("i1");
  assert.equal(queue.stateOf("i1"), "saving");
  assert.equal(queue.waiting, 1);
  queue.unedit("i1");
  assert.equal(queue.state, "saved");
});

test("only an answer that names this entry is an acknowledgement", () => {
  assert.equal(judge(ENTRY, reply(200), { seq: 4, item: "i1" }, 0, 0).kind, "ack");
  assert.equal(judge(ENTRY, reply(200), { seq: 5, item: "i1" }, 0, 0).kind, "retry");
  assert.equal(judge(ENTRY, reply(200), null, 0, 0).kind, "retry"); // a page of some gateway
});

test("each refusal leads where it should", () => {
  assert.deepEqual(judge(ENTRY, reply(409), { code: "attempt_closed" }, 0, 0), { kind: "refused", code: "attempt_closed" });
  assert.deepEqual(judge(ENTRY, reply(422), { code: "unknown_option" }, 0, 0), { kind: "refused", code: "unknown_option" });
  assert.equal(judge(ENTRY, reply(401), { code: "sign_in_needed" }, 0, 0).kind, "signed-out");
  assert.equal(judge(ENTRY, reply(400), { code: "form_expired" }, 0, 0).kind, "signed-out");
  assert.deepEqual(judge(ENTRY, reply(503, { "Retry-After": "5" }), { code: "busy" }, 0, 0), { kind: "retry", afterMs: 5000 });
  assert.deepEqual(judge(ENTRY, reply(500), null, 0, 0), { kind: "retry" });
  assert.deepEqual(judge(ENTRY, reply(413), null, 0, 0), { kind: "retry" }); // not from our server
});

test("a save carries what the contract asks for", async () => {
  const calls = [];
  const send = sendBy({ saveUrl: "/room/responses/0", csrf: "token" }, async (url, options) => {
    calls.push([url, options]);
    return new Response(JSON.stringify({ seq: 4, item: "i1" }), { status: 200 });
  });
  assert.equal((await send(ENTRY)).kind, "ack");
  const [[url, options]] = calls;
  assert.equal(url, "/room/responses/4");
  assert.equal(options.method, "PUT");
  assert.equal(options.headers["X-CSRFToken"], "token");
  assert.deepEqual(Object.keys(JSON.parse(options.body)), ["device", "epoch", "item", "value", "client_time"]);
});

test("a broken line means trying again", async () => {
  const send = sendBy({ saveUrl: "/room/responses/0", csrf: "" }, async () => {
    throw new TypeError("failed to fetch");
  });
  assert.deepEqual(await send(ENTRY), { kind: "retry" });
});

test("waits grow, end, and spread over their whole length", () => {
  assert.equal(backoff(1, 0), 100);
  assert.equal(backoff(1, 1), 900);
  assert.equal(backoff(3, 0.5), 1700);
  assert.equal(backoff(50, 1), 15_100);
});

test("without a store the journal says that it is not durable", async () => {
  const journal = await Journal.open("a", undefined);
  assert.equal(journal.durable, false);
  assert.match(journal.device, /^[a-z2-7]{26}$/);
});

test("an answer too long to outlive its page is sent without asking for that", async () => {
  const asked = [];
  const http = async (_url, options) => {
    asked.push(options.keepalive);
    return { ...reply(200), json: async () => ({ seq: 4, item: "i1" }) };
  };
  const send = sendBy({ saveUrl: "/room/responses/0", csrf: "c" }, http);
  for (const value of ["short", "अ".repeat(20_000)]) await send({ ...ENTRY, value });
  assert.deepEqual(asked, [true, false]);
});
