// SPDX-License-Identifier: Apache-2.0
/**
 * The chain of pictures: each one that is taken is committed to, sent or not, so that the server can ask for any of them and
 * see that none was left out, exchanged or put elsewhere. proctor/monitoring/chain.py says how a link is made.
 */

/** @typedef {{n: number, at: number, digest: string, link: string}} Entry */
/** @typedef {{jpeg: ArrayBuffer, late: number}} Kept late: 0 was let go, 1 taken without a line, 2 asked for by the server */
/** @typedef {[at: number, digest: string][]} Since */

/** Pictures that are kept until they have arrived: half an hour without a line. */
export const MOST_KEPT = 360;
/** What one message holds. */
const AT_ONCE = 40;

export class Chain {
  /** A page that is loaded anew begins another. */
  segment = crypto.randomUUID().slice(0, 13);
  /** What the server is not known to have heard of. @type {Entry[]} */
  entries = [];
  /** @type {Map<number, Kept>} */
  kept = new Map();
  /** @type {Uint8Array | undefined} */
  #link;

  /**
   * One more picture was taken.
   * @param {number} n one more than the last
   * @param {number} at ms since the page was opened
   * @param {ArrayBuffer} jpeg
   * @param {boolean} late whether there is no line now
   */
  async add(n, at, jpeg, late) {
    const bytes = new Uint8Array(72);
    const numbers = new DataView(bytes.buffer);
    const digest = await sha(jpeg);
    bytes.set(this.#link ?? (await sha(new TextEncoder().encode(this.segment))));
    numbers.setUint32(32, n);
    numbers.setUint32(36, at);
    bytes.set(digest, 40);
    this.#link = await sha(bytes);
    this.entries.push({ n, at, digest: text(digest), link: text(this.#link) });
    this.kept.set(n, { jpeg, late: Number(late) });
    if (this.kept.size > MOST_KEPT) this.kept.delete([...this.kept.keys()][0] ?? 0);
    if (this.entries.length > MOST_KEPT) this.entries.shift();
  }

  /**
   * The digest of a picture, and what to say of its place, with all that were taken before it; more than one message holds is
   * said before.
   * @param {number} n
   * @param {(commit: {segment: string, first: number | undefined, link: string | undefined, since: Since}) => void} commit
   * @returns {[string | undefined, {segment: string, link: string | undefined, since: Since}]}
   */
  place(n, commit) {
    const { segment, entries } = this;
    const own = entries.findIndex((entry) => entry.n === n);
    let from = 0;
    for (; own - from > AT_ONCE; from += AT_ONCE) {
      const part = entries.slice(from, from + AT_ONCE);
      commit({ segment, first: part[0]?.n, link: part.at(-1)?.link, since: part.map(pair) });
    }
    const { digest, link } = entries[own] ?? {};
    return [digest, { segment, link, since: entries.slice(from, own).map(pair) }];
  }

  /** The server knows the chain up to here. @param {number} n */
  heard(n) {
    this.entries = this.entries.filter((entry) => entry.n > n);
  }

  /** The picture that is to come later, and first: one that was asked for, else the oldest without a line. */
  get due() {
    const from = this.entries[0]?.n ?? Infinity;
    return [...this.kept].filter(([n, { late }]) => late && n < from).sort(([, a], [, b]) => b.late - a.late)[0];
  }
}

/** @param {Entry} entry @returns {[number, string]} */
const pair = ({ at, digest }) => [at, digest];

/** @param {BufferSource} data */
const sha = async (data) => new Uint8Array(await crypto.subtle.digest("SHA-256", data));

/** @param {Uint8Array} bytes */
const text = (bytes) => btoa(String.fromCharCode(...bytes));
