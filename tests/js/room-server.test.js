// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mock, test } from "node:test";

mock.timers.enable({ apis: ["setTimeout"] });
const page = Object.assign(new EventTarget(), { hidden: false });
Object.assign(globalThis, { document: page, addEventListener: page.addEventListener.bind(page) });
const { Poll, RoomServer } = await import("../../web/static/js/room-server.js");

/** A poll whose questions are counted, and answered as told. @param {() => boolean} answered */
function counted(answered = () => true) {
  const made = { asked: 0, poll: new Poll(() => Promise.resolve(++made.asked > 0 && answered())) };
  return made;
}

/** Let the promises that are under way settle. */
const settle = async () => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
};

test("a page in sight asks at least every four and a half seconds", async () => {
  const made = counted();
  made.poll.start();
  for (let second = 0; second < 45; second += 1) {
    mock.timers.tick(1000);
    await settle();
  }
  assert.ok(made.asked >= 9 && made.asked <= 13, String(made.asked));
});

test("a question that fails is asked again sooner", async () => {
  const made = counted(() => false);
  made.poll.start();
  for (let second = 0; second < 30; second += 1) {
    mock.timers.tick(1000);
    await settle();
  }
  assert.ok(made.asked >= 8, String(made.asked));
  assert.equal(made.poll.failures, made.asked);
});

test("a hidden page asks less often, and at once when it is looked at again", async () => {
  const made = counted();
  page.hidden = true;
  made.poll.start();
  mock.timers.tick(8000);
  await settle();
  assert.equal(made.asked, 0);
  page.hidden = false;
  page.dispatchEvent(new Event("visibilitychange"));
  await settle();
  assert.equal(made.asked, 1);
});

test("a reason to ask that comes while a question is out leads to one more question", async () => {
  /** @type {(answered: boolean) => void} */
  let answer = () => {};
  let asked = 0;
  const poll = new Poll(() => {
    asked += 1;
    return new Promise((resolve) => (answer = resolve));
  });
  void poll.now();
  void poll.now();
  void poll.now();
  assert.equal(asked, 1);
  answer(true);
  await settle();
  assert.equal(asked, 2);
});

test("the state is asked for with what we hold, and the token is read at each request", async () => {
  /** @type {any[]} */
  const seen = [];
  const answer = { ok: true, json: () => Promise.resolve({ version: 7 }) };
  Object.assign(globalThis, { fetch: (/** @type {any[]} */ ...asked) => (seen.push(asked), Promise.resolve(answer)) });
  const to = { stateUrl: "/room/state", leaseUrl: "/room/lease", submitUrl: "/room/submit", csrf: "" };
  const server = new RoomServer(to);
  await server.state("phone", 2, { since: 6, pending: 3 });
  to.csrf = "token";
  const reply = await server.lease("phone");
  assert.equal(seen[0][0], "/room/state?device=phone&epoch=2&since=6&pending=3");
  assert.equal(seen[1][1].headers["X-CSRFToken"], "token");
  assert.equal(reply.ok && reply.body.version, 7);
});
