// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { Clock, crossedMark, formatTime } from "../../web/static/js/clock.js";

test("the time left never promises a second that the server has not given", () => {
  let now = 1000;
  const clock = new Clock(() => now);
  clock.sample(60_000, 500, 1000); // the server looked at its clock somewhere between 500 and 1000
  assert.equal(clock.remaining, 59_500);
  now = 2000;
  assert.equal(clock.remaining, 58_500);
});

test("a quicker answer narrows the end and never moves it back", () => {
  let now = 2000;
  const clock = new Clock(() => now);
  clock.sample(60_000, 0, 2000);
  clock.sample(58_900, 1100, 1200);
  assert.equal(clock.remaining, 58_000);
  assert.equal(clock.sample(58_000, 1000, 3000), 0);
  assert.equal(clock.remaining, 58_000);
});

test("extra time moves the end by what was given", () => {
  const clock = new Clock(() => 100);
  clock.sample(60_000, 0, 100);
  assert.equal(clock.sample(360_000, 0, 100), 300_000);
  assert.equal(clock.remaining, 359_900);
});

test("after the device has slept the next answer puts the clock right", () => {
  const clock = new Clock(() => 100); // the monotonic clock stood still
  clock.sample(60_000, 0, 100);
  clock.sample(20_000, 90, 100);
  assert.equal(clock.remaining, 19_990);
});

test("a pause stops the clock until the next sample", () => {
  let now = 0;
  const clock = new Clock(() => now);
  clock.sample(60_000, 0, 0);
  clock.freeze(50_000);
  now = 30_000;
  assert.equal(clock.remaining, 50_000);
  assert.equal(clock.sample(50_000, 30_000, 30_000), 0);
  assert.equal(clock.remaining, 50_000);
});

test("before the first sample nothing is over", () => {
  assert.equal(new Clock(() => 0).remaining, Infinity);
});

test("nought is shown only when the time is over", () => {
  assert.equal(formatTime(0), "0:00");
  assert.equal(formatTime(1), "0:01");
  assert.equal(formatTime(725_000), "12:05");
  assert.equal(formatTime(3_725_000), "1:02:05");
});

test("a mark is announced once, when it is crossed", () => {
  const marks = [30, 15, 5, 1];
  assert.equal(crossedMark(300_250, 300_000, marks), 5);
  assert.equal(crossedMark(300_000, 299_750, marks), null);
  assert.equal(crossedMark(400_000, 30_000, marks), 1);
});
