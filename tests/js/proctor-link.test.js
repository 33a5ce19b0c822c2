// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { FrameGate, STALE_MS } from "../../web/static/js/proctor-link.js";

const frame = (seq) => ({ seq, at_ms: seq * 1000, jpeg: new ArrayBuffer(1) });

test("the newest frame wins the one waiting place", () => {
  const gate = new FrameGate();
  gate.offer(frame(1));
  gate.offer(frame(2));
  assert.equal(gate.take(0, 0).seq, 2);
  assert.equal(gate.take(0, 0), null);
});

test("nothing new leaves while a frame has been unacknowledged for three seconds", () => {
  const gate = new FrameGate();
  gate.offer(frame(1));
  gate.take(0, 0);
  gate.offer(frame(2));
  assert.equal(gate.take(STALE_MS + 1, 0), null);
  gate.offer(frame(3));
  gate.acknowledge(1);
  assert.equal(gate.take(STALE_MS + 2, 0).seq, 3);
});

test("a full socket holds frames back", () => {
  const gate = new FrameGate();
  gate.offer(frame(1));
  assert.equal(gate.take(0, 1_000_000), null);
  assert.equal(gate.take(0, 0).seq, 1);
});

test("a new connection starts with nothing in the air", () => {
  const gate = new FrameGate();
  gate.offer(frame(1));
  gate.take(0, 0);
  gate.reset();
  assert.equal(gate.oldest(60_000), 0);
});
