// SPDX-License-Identifier: Apache-2.0
/**
 * The journal of answers and moves on this device: written before anything is sent, cleared by the server's acknowledgement
 * alone, which leaves a receipt in its place.
 *
 * It lives in IndexedDB with strict durability (the entry is on the disk before it counts as written). Where the browser has
 * no such store, it lives in memory and says so: `durable` is false, and the page warns. `package.js` keeps the locked test in the
 * same database and in a cache for each attempt.
 */

/** @typedef {null | string | string[] | Record<string, unknown>} Value null: cleared; text; chosen options' ids; or by part */
/** @typedef {"enter_section" | "leave_section" | "visit" | "confirm"} Move */
/**
 * @typedef {object} Entry
 * @property {string} attempt
 * @property {string} device
 * @property {number} seq grows by one with every answer and every move of this device
 * @property {number} epoch of the lease under which it was given; 0 while none was known
 * @property {"answer" | "move"} [kind] none: an answer
 * @property {string} item "" for a move
 * @property {Value} value
 * @property {Move} [move]
 * @property {string} [target] of a move: a section, or an item
 * @property {string} client_time ISO 8601, for information only
 * @property {string} [refused] the server's code, when it refused the entry for good; it then stays as a record
 * @property {string} [receipt] of an entry that came too late: the server keeps it, though it may not count
 */
/**
 * @typedef {object} Known what the server is known to hold, and the time by the last sample
 * @property {Record<string, Value>} answers
 * @property {number | null} remainingMs never more than remained at the last sample; null when there was none
 * @property {any} state the last full state, or null
 * @property {number} at when it was remembered, by this device's clock
 * @property {Entry[]} moves acknowledged ones that it does not know of yet
 */

export const PACKAGE_CACHE = "kasauti-package-";
const DATABASE = "kasauti";
const VERSION = 2;
const OPEN_TIMEOUT_MS = 3000;
/** Store -> its key. Every key begins with the attempt. @type {Record<string, string | string[]>} */
const STORES = {
  devices: "attempt",
  entries: ["attempt", "device", "seq"],
  receipts: ["attempt", "device", "seq"],
  memory: ["attempt", "name"],
};
const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
/** How far the numbers jump after the server met another value under ours. */
const JUMP = 1000;

export class Journal {
  /** @type {IDBDatabase | null} */
  #db;
  #seq = 0;
  /** @type {Entry[]} what is not yet acknowledged, by seq; mirrors the store */
  #entries = [];
  /** The page is being left: what is written now is given out of hand in one go, because nothing is called back any more. */
  leaving = false;
  /** The epoch of the lease by what was remembered; 0 when nothing was, or when the server has said more since. */
  lease = 0;
  /** @type {Set<number>} sequence numbers that have been on their way at least once */
  #sent = new Set();

  /**
   * @param {string} attempt
   * @param {string} device
   * @param {IDBDatabase | null} db
   */
  constructor(attempt, device, db) {
    this.attempt = attempt;
    this.device = device;
    this.#db = db;
  }

  /**
   * Open the journal of an attempt, with what an earlier page left in it.
   * @param {string} attempt
   * @param {IDBFactory | undefined} factory
   */
  static async open(attempt, factory = globalThis.indexedDB) {
    let db = null;
    try {
      db = await openDatabase(factory);
      const known = await result(db.transaction("devices", "readonly").objectStore("devices").get(attempt));
      const entries = await readEntries(db, attempt);
      const journal = new Journal(attempt, known?.device ?? newDevice(), db);
      journal.#seq = known?.seq ?? 0;
      journal.#entries = entries;
      for (const entry of entries) journal.#sent.add(entry.seq); // perhaps sent before the reload: never to be dropped
      if (!known) await journal.#write(() => {});
      return journal;
    } catch {
      db?.close();
      return new Journal(attempt, newDevice(), null);
    }
  }

  /** Whether what is written survives the closing of this page. */
  get durable() {
    return this.#db !== null;
  }

  /** Entries that still have to be sent, in order. */
  get pending() {
    return this.#entries.filter((entry) => entry.refused === undefined);
  }

  /** Entries that the server refused for good. */
  get refused() {
    return this.#entries.filter((entry) => entry.refused !== undefined);
  }

  /**
   * Write an answer down; resolves when it is durable (or known to be in memory only).
   * An entry of the same item that was never on its way is replaced, unless a move lies between: the newer answer says all.
   * @param {string} item
   * @param {Value} value
   * @param {number} epoch
   * @param {string} clientTime
   * @returns {Promise<Entry>}
   */
  async append(item, value, epoch, clientTime) {
    const entry = await this.#add({ kind: "answer", item, value }, epoch, clientTime);
    const move = Math.max(0, ...this.pending.filter((one) => one.kind === "move").map((one) => one.seq));
    for (const old of this.#entries.filter((one) => one.item === item && one.seq > move && one.seq < entry.seq)) {
      if (!this.#sent.has(old.seq)) await this.#remove(old);
    }
    return entry;
  }

  /**
   * Write a move down, in one sequence with the answers.
   * @param {Move} move
   * @param {string} target
   * @param {number} epoch
   * @param {string} clientTime
   * @returns {Promise<Entry>}
   */
  appendMove(move, target, epoch, clientTime) {
    return this.#add({ kind: "move", item: "", value: null, move, target }, epoch, clientTime);
  }

  /** Go on above a number that the server knows of this device. @param {number} seq */
  skipTo(seq) {
    this.#seq = Math.max(this.#seq, seq);
  }

  /** Read again what the store holds: another window of this browser may have written to it. */
  async reread() {
    if (this.#db === null) return;
    this.#entries = await readEntries(this.#db, this.attempt);
    for (const entry of this.#entries) this.#sent.add(entry.seq);
  }

  /**
   * The entry is about to leave: from now on only an answer of the server takes it out. Fills in the lease's epoch.
   * @param {Entry} entry
   * @param {number} epoch
   */
  async markSent(entry, epoch) {
    this.#sent.add(entry.seq);
    if (entry.epoch !== 0) return;
    entry.epoch = epoch;
    await this.#write((store) => {
      store.put(entry);
    });
  }

  /**
   * The server holds it: its receipt takes the place of the entry.
   * @param {Entry} entry
   * @param {{revision?: number, received_at: string, receipt: string}} ack
   */
  async acknowledge(entry, { revision, received_at, receipt }) {
    const kept = { ...entry, revision, received_at, receipt };
    await this.#remove(entry, (store) => store.transaction.objectStore("receipts").put(kept));
  }

  /**
   * The server will never count it: keep it as a record, do not send it again.
   * @param {Entry} entry
   * @param {string} code
   * @param {string} [receipt] the server keeps it nevertheless
   */
  async refuse(entry, code, receipt) {
    entry.refused = code;
    if (receipt !== undefined) entry.receipt = receipt;
    await this.#write((store) => {
      store.put(entry);
    });
  }

  /**
   * The server knows another value under this number (this device's memory was lost once): this entry and all after it take
   * numbers far ahead, in the same order.
   * @param {Entry} entry
   */
  async renumber(entry) {
    const moved = this.pending.filter((one) => one.seq >= entry.seq);
    const old = moved.map(keyOf);
    for (const one of moved) one.seq += JUMP;
    this.#seq = Math.max(this.#seq, ...moved.map((one) => one.seq));
    await this.#write((store) => {
      for (const key of old) store.delete(key);
      for (const one of moved) store.put(one);
    });
  }

  /**
   * Keep what the server said, for a page that comes back without a line. A convenience: losing it loses no answer.
   * @param {any} state a full state, or null when only the time is news
   * @param {number} remainingMs
   */
  remember(state, remainingMs) {
    try {
      const writing = this.#db?.transaction("memory", "readwrite", { durability: "relaxed" }).objectStore("memory");
      const { attempt } = this;
      writing?.put({ attempt, name: "time", remainingMs, wall: Date.now() });
      if (state) writing?.put({ attempt, name: "state", wall: Date.now(), state: { ...state, csrf: "" } });
    } catch {
      // The store is gone; the next answer finds out and warns.
    }
  }

  /** What the server is known to hold, from its last state and from every receipt since. @returns {Promise<Known>} */
  async recall() {
    /** @type {Known} */
    const known = { answers: {}, remainingMs: null, state: null, at: 0, moves: [] };
    if (this.#db === null) return known;
    const reading = this.#db.transaction(["memory", "receipts"], "readonly");
    const [memory, receipts] = await Promise.all([
      result(reading.objectStore("memory").getAll(ofAttempt(this.attempt))),
      result(reading.objectStore("receipts").getAll(ofAttempt(this.attempt))),
    ]);
    const of = (/** @type {string} */ name) => memory.find((one) => one.name === name);
    const time = of("time");
    if (time) known.remainingMs = Math.max(0, time.remainingMs - Math.max(0, Date.now() - time.wall));
    const { state = null, wall = 0 } = of("state") ?? {};
    known.state = state;
    known.at = wall;
    known.moves = receipts.filter(({ kind, seq }) => kind === "move" && seq > (state?.last_seq ?? 0));
    this.lease = state?.holder ? state.epoch : 0;
    const held = state?.answers ?? {};
    for (const [item, answer] of Object.entries(held)) known.answers[item] = answer.value;
    for (const { item, value, revision } of receipts) {
      if (item && revision >= (held[item]?.revision ?? 0)) known.answers[item] = value;
    }
    return known;
  }

  /** The attempt is over: leave nothing on a device that others may use, except what still waits to be sent. */
  async forget() {
    await dropPackage(this.attempt).catch(() => {});
    const all = this.pending.length === 0;
    if (all) for (const entry of this.refused) await this.#remove(entry);
    await this.#write((store) => {
      const names = all ? ["receipts", "memory"] : ["memory"];
      for (const name of names) store.transaction.objectStore(name).delete(ofAttempt(this.attempt));
    }, all);
  }

  /**
   * @param {Pick<Entry, "kind" | "item" | "value" | "move" | "target">} what
   * @param {number} epoch
   * @param {string} clientTime
   */
  async #add(what, epoch, clientTime) {
    /** @type {Entry} */
    const entry = { attempt: this.attempt, device: this.device, seq: 0, epoch: epoch || this.lease, client_time: clientTime, ...what };
    await this.#write((entries, known) => {
      this.#seq = Math.max(this.#seq, known) + 1;
      entry.seq = this.#seq;
      entries.put(entry);
    });
    if (entry.seq === 0) {
      this.#seq += 1; // no store: memory counts
      entry.seq = this.#seq;
    }
    this.#entries.push(entry);
    this.#entries.sort((a, b) => a.seq - b.seq);
    return entry;
  }

  /** @param {Entry} entry @param {(entries: IDBObjectStore) => void} [instead] */
  async #remove(entry, instead) {
    this.#entries = this.#entries.filter((one) => one !== entry);
    await this.#write((store) => {
      store.delete(keyOf(entry));
      instead?.(store);
    });
  }

  /**
   * One strict transaction over everything of this attempt and this device's number. The number is read inside it, so that two windows of one
   * browser can never give the same one to different answers.
   * @param {(entries: IDBObjectStore, seq: number) => void} change
   * @param {boolean} forgetDevice
   */
  async #write(change, forgetDevice = false) {
    if (this.#db === null) return;
    try {
      const writing = this.#db.transaction(this.#db.objectStoreNames, "readwrite", { durability: "strict" });
      const devices = writing.objectStore("devices");
      const reading = devices.get(this.attempt);
      const act = (/** @type {number} */ known) => {
        change(writing.objectStore("entries"), known);
        if (forgetDevice) devices.delete(this.attempt);
        else devices.put({ attempt: this.attempt, device: this.device, seq: Math.max(this.#seq, known) });
      };
      if (this.leaving) act(this.#seq);
      else reading.onsuccess = () => act(reading.result?.seq ?? 0);
      if (this.leaving) writing.commit?.();
      await finished(writing);
    } catch {
      // The disk is full or the store was taken away. Go on in memory; the page warns.
      this.#db = null;
    }
  }
}

/**
 * Everything of one attempt, by device and number.
 * @param {IDBDatabase} db
 * @param {string} attempt
 * @returns {Promise<Entry[]>}
 */
function readEntries(db, attempt) {
  return result(db.transaction("entries", "readonly").objectStore("entries").getAll(ofAttempt(attempt)));
}

/** @param {Entry} entry */
function keyOf({ attempt, device, seq }) {
  return [attempt, device, seq];
}

/** A name for this device that says nothing about it: 26 random characters. */
function newDevice() {
  return Array.from(crypto.getRandomValues(new Uint8Array(26)), (byte) => ALPHABET[byte % 32]).join("");
}

/**
 * Open the database; rejects where the browser has none or does not answer.
 * @param {IDBFactory | undefined} factory
 * @returns {Promise<IDBDatabase>}
 */
export function openDatabase(factory = globalThis.indexedDB) {
  return new Promise((resolve, reject) => {
    if (!factory) throw new Error("no store");
    const opening = factory.open(DATABASE, VERSION);
    const timer = setTimeout(() => reject(new Error("the store does not open")), OPEN_TIMEOUT_MS);
    opening.onupgradeneeded = () => {
      for (const [name, keyPath] of Object.entries(STORES)) {
        if (!opening.result.objectStoreNames.contains(name)) opening.result.createObjectStore(name, { keyPath });
      }
    };
    opening.onsuccess = () => {
      clearTimeout(timer);
      opening.result.onversionchange = () => opening.result.close();
      resolve(opening.result);
    };
    opening.onerror = () => {
      clearTimeout(timer);
      reject(opening.error);
    };
  });
}

/** Every key of one attempt in a store whose key has several parts. @param {string} attempt */
function ofAttempt(attempt) {
  return IDBKeyRange.bound([attempt], [attempt, []]);
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
export function result(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** @param {IDBTransaction} transaction @returns {Promise<void>} */
export function finished(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}

/** Remove the locked test of an attempt. @param {string} attempt */
async function dropPackage(attempt) {
  await globalThis.caches?.delete(PACKAGE_CACHE + attempt);
}
