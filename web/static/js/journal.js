// SPDX-License-Identifier: Apache-2.0
/**
 * The journal of answers on this device: written before anything is sent, cleared by the server's acknowledgement alone.
 *
 * It lives in IndexedDB with strict durability (the entry is on the disk before it counts as written). Where the browser has
 * no such store, it lives in memory and says so: `durable` is false, and the page warns.
 */

/** @typedef {null | string | string[] | Record<string, unknown>} Value null: cleared; text; chosen options' ids; or by part */
/**
 * @typedef {object} Entry
 * @property {string} attempt
 * @property {string} device
 * @property {number} seq grows by one with every answer of this device
 * @property {number} epoch of the lease under which it was given; 0 while none was known
 * @property {string} item
 * @property {Value} value
 * @property {string} client_time ISO 8601, for information only
 * @property {string} [refused] the server's code, when it refused the entry for good; it then stays as a record
 */

const DATABASE = "kasauti";
const OPEN_TIMEOUT_MS = 3000;
const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
/** How far the numbers jump after the server met another value under ours. */
const JUMP = 1000;

export class Journal {
  /** @type {IDBDatabase | null} */
  #db;
  #seq = 0;
  /** @type {Entry[]} what is not yet acknowledged, by seq; mirrors the store */
  #entries = [];
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
   * An entry of the same item that was never on its way is replaced: the newer answer says all.
   * @param {string} item
   * @param {Value} value
   * @param {number} epoch
   * @param {string} clientTime
   * @returns {Promise<Entry>}
   */
  async append(item, value, epoch, clientTime) {
    /** @type {Entry} */
    const entry = { attempt: this.attempt, device: this.device, seq: 0, epoch, item, value, client_time: clientTime };
    await this.#write((entries, known) => {
      this.#seq = Math.max(this.#seq, known) + 1;
      entry.seq = this.#seq;
      entries.put(entry);
    });
    if (entry.seq === 0) {
      this.#seq += 1; // no store: memory counts
      entry.seq = this.#seq;
    }
    for (const old of this.#entries.filter((one) => one.item === item && one.seq < entry.seq)) {
      if (!this.#sent.has(old.seq)) await this.remove(old);
    }
    this.#entries.push(entry);
    this.#entries.sort((a, b) => a.seq - b.seq);
    return entry;
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
   * The server holds it.
   * @param {Entry} entry
   */
  async remove(entry) {
    this.#entries = this.#entries.filter((one) => one !== entry);
    await this.#write((store) => {
      store.delete([entry.attempt, entry.device, entry.seq]);
    });
  }

  /**
   * The server will never count it: keep it as a record, do not send it again.
   * @param {Entry} entry
   * @param {string} code
   */
  async refuse(entry, code) {
    entry.refused = code;
    await this.#write((store) => {
      store.put(entry);
    });
  }

  /**
   * The server knows another value under this number (this device's memory was lost once): take a fresh number, far ahead.
   * A newer answer to the same item makes the old one pointless.
   * @param {Entry} entry
   */
  async renumber(entry) {
    const newer = this.#entries.some((one) => one.item === entry.item && one.seq > entry.seq);
    if (!newer) {
      this.#seq += JUMP;
      await this.append(entry.item, entry.value, entry.epoch, entry.client_time);
    }
    await this.remove(entry);
  }

  /** The attempt is over and nothing waits any more: leave nothing on a device that others may use. */
  async forget() {
    if (this.pending.length > 0) return;
    for (const entry of this.refused) await this.remove(entry);
    await this.#write(() => {}, true);
  }

  /**
   * One strict transaction over the entries and this device's number. The number is read inside it, so that two windows of one
   * browser can never give the same one to different answers.
   * @param {(entries: IDBObjectStore, seq: number) => void} change
   * @param {boolean} forgetDevice
   */
  async #write(change, forgetDevice = false) {
    if (this.#db === null) return;
    try {
      const writing = this.#db.transaction(["devices", "entries"], "readwrite", { durability: "strict" });
      const devices = writing.objectStore("devices");
      const reading = devices.get(this.attempt);
      reading.onsuccess = () => {
        const known = /** @type {number} */ (reading.result?.seq ?? 0);
        change(writing.objectStore("entries"), known);
        if (forgetDevice) devices.delete(this.attempt);
        else devices.put({ attempt: this.attempt, device: this.device, seq: Math.max(this.#seq, known) });
      };
      await finished(writing);
    } catch {
      // The disk is full or the store was taken away. Go on in memory; the page warns.
      this.#db = null;
    }
  }
}

/**
 * @param {IDBFactory | undefined} factory
 * @returns {Promise<IDBDatabase>}
 */
function openDatabase(factory) {
  return new Promise((resolve, reject) => {
    if (!factory) throw new Error("no store");
    const opening = factory.open(DATABASE, 1);
    const timer = setTimeout(() => reject(new Error("the store does not open")), OPEN_TIMEOUT_MS);
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore("devices", { keyPath: "attempt" });
      opening.result.createObjectStore("entries", { keyPath: ["attempt", "device", "seq"] });
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

/**
 * Everything of one attempt, by device and number.
 * @param {IDBDatabase} db
 * @param {string} attempt
 * @returns {Promise<Entry[]>}
 */
function readEntries(db, attempt) {
  const entries = db.transaction("entries", "readonly").objectStore("entries");
  return result(entries.getAll(IDBKeyRange.bound([attempt], [attempt, []])));
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function result(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * @param {IDBTransaction} transaction
 * @returns {Promise<void>}
 */
function finished(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}

/** A name for this device that says nothing about it: 26 random characters. */
function newDevice() {
  return Array.from(crypto.getRandomValues(new Uint8Array(26)), (byte) => ALPHABET[byte % 32]).join("");
}
