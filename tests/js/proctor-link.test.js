// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { FrameGate, Ladder, RUNGS, STALE_MS } from "../../web/static/js/proctor-link.js";

const frame = (seq) => ({ seq, at_ms: seq * 1000, jpeg: new ArrayBuffer(1) });

test("the newest frame wins the one waiting place", () => {
  const gate = new FrameGate();
  assert.equal(gate.offer(frame(1)), false);
  assert.equal(gate.offer(frame(2)), true);
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
  assert.deepEqual(gate.reset(), [1]);
  assert.equal(gate.oldest(60_000), 0);
});

test("a slow line gets smaller and fewer pictures at once, and better ones after a while of quick answers", () => {
  const ladder = new Ladder();
  assert.equal(ladder.pace.everyMs, 1000);
  ladder.note(2000);
  assert.equal(ladder.pace.everyMs, 2500);
  for (let n = 0; n < 5; n += 1) ladder.note(Infinity);
  assert.deepEqual([ladder.pace.width, ladder.pace.everyMs], [160, 5000]);
  for (let n = 0; n < 9; n += 1) ladder.note(100);
  assert.equal(ladder.pace.everyMs, 5000);
  ladder.note(100);
  assert.deepEqual([ladder.pace.width, ladder.pace.everyMs], [160, 2500]);
  for (let n = 0; n < 9; n += 1) ladder.note(n === 5 ? 1000 : 100); // neither quick nor slow: counting begins anew
  assert.equal(ladder.pace.width, 160);
  for (let n = 0; n < 40; n += 1) ladder.note(100);
  assert.deepEqual(ladder.pace, RUNGS[0]);
});

test("who spares the line never gets more than economy, whatever the line can do", () => {
  const ladder = new Ladder();
  ladder.economy = true;
  for (let n = 0; n < 40; n += 1) ladder.note(1);
  assert.deepEqual(ladder.pace, RUNGS[1]);
  const { everyMs, most } = RUNGS[1];
  assert.ok((1_800_000 / everyMs) * most < 6_200_000); // of the ten megabytes for half an hour
  assert.ok(everyMs < 3000); // proctor/rules/parameters.py: maximum_gap_seconds
  for (const [n, rung] of RUNGS.entries()) assert.ok(n === 0 || rung.everyMs * RUNGS[n - 1].most >= RUNGS[n - 1].everyMs * rung.most);
});

test("the server may ask for fewer pictures or for larger ones, and not for more than the line carries", () => {
  const ladder = new Ladder();
  ladder.wish = { every_ms: 5000, width: 0 };
  assert.deepEqual([ladder.pace.width, ladder.pace.everyMs], [320, 5000]);
  ladder.wish = { every_ms: 0, width: 640 };
  assert.deepEqual([ladder.pace.width, ladder.pace.everyMs], [640, 1000]);
  ladder.wish = undefined;
  ladder.note(Infinity);
  ladder.wish = { every_ms: 1000, width: 160 };
  assert.deepEqual([ladder.pace.width, ladder.pace.everyMs], [160, 2500]);
});

test("640 pixels go over a quick line alone, and a thin one sends at most 320, no heavier than economy", () => {
  const ladder = new Ladder();
  ladder.wish = { every_ms: 0, width: 640 };
  assert.equal(ladder.pace.width, 640);
  ladder.note(900);
  assert.deepEqual(ladder.pace, RUNGS[0]);
  ladder.note(100);
  assert.equal(ladder.pace.width, 640);
  ladder.economy = true;
  assert.deepEqual(ladder.pace, RUNGS[1]);
  for (let n = 0; n < 5; n += 1) ladder.note(Infinity);
  const { everyMs } = RUNGS[3];
  assert.deepEqual(ladder.pace, { ...RUNGS[1], everyMs });
  ladder.wish = undefined;
  assert.deepEqual(ladder.pace, RUNGS[3]);
});

test("without a line a picture is taken every five seconds, small enough to be kept and to come later", () => {
  const ladder = new Ladder();
  ladder.up = false;
  assert.deepEqual([ladder.pace.everyMs, ladder.pace.most], [5000, RUNGS[1].most]);
});
