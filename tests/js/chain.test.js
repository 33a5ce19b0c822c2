// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { Chain, MOST_KEPT } from "../../web/static/js/chain.js";

const sha = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();
const picture = (n) => new TextEncoder().encode(`picture ${n}`).buffer;

async function taken(count, late = () => false) {
  const chain = new Chain();
  for (let n = 1; n <= count; n += 1) await chain.add(n, n * 1000, picture(n), late(n));
  return chain;
}

test("a link is made as proctor/monitoring/chain.py says", async () => {
  const chain = await taken(2);
  let link = sha(chain.segment);
  for (const n of [1, 2]) {
    const numbers = Buffer.alloc(8);
    numbers.writeUInt32BE(n);
    numbers.writeUInt32BE(n * 1000, 4);
    link = sha(link, numbers, sha(Buffer.from(picture(n))));
    assert.equal(chain.entries[n - 1].link, link.toString("base64"));
    assert.equal(chain.entries[n - 1].digest, sha(Buffer.from(picture(n))).toString("base64"));
  }
});

test("a picture says which were taken before it and not heard of", async () => {
  const chain = await taken(4);
  chain.heard(1);
  const [digest, { segment, link, since }] = chain.place(4, () => assert.fail("one message is enough"));
  assert.equal(segment, chain.segment);
  assert.equal(digest, chain.entries[2].digest);
  assert.equal(link, chain.entries[2].link);
  assert.deepEqual(since.map(([at]) => at), [2000, 3000]);
});

test("more than one message holds is said before, without a gap", async () => {
  const chain = await taken(95);
  const said = [];
  const [, { since }] = chain.place(95, (commit) => said.push(commit));
  assert.deepEqual(said.map(({ first, since }) => [first, since.length]), [[1, 40], [41, 40]]);
  assert.equal(said[1].link, chain.entries[79].link);
  assert.deepEqual([since.length, since[0][0]], [14, 81_000]);
});

test("what was asked for comes first, then what was taken without a line, oldest first, once it is announced", async () => {
  const chain = await taken(6, (n) => n === 2 || n === 5);
  assert.equal(chain.due, undefined);
  chain.heard(6);
  assert.equal(chain.due[0], 2);
  chain.kept.get(4).late = 2;
  assert.equal(chain.due[0], 4);
  chain.kept.delete(4);
  chain.kept.delete(2);
  assert.equal(chain.due[0], 5);
});

test("what is kept has an end", async () => {
  const chain = await taken(MOST_KEPT + 3);
  assert.equal(chain.kept.size, MOST_KEPT);
  assert.equal(chain.entries.length, MOST_KEPT);
  assert.ok(!chain.kept.has(3) && chain.kept.has(4));
});
