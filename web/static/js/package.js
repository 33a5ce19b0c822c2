// SPDX-License-Identifier: Apache-2.0
/**
 * The locked test on this device: fetched before the start, opened by nothing but the key that a successful start releases.
 * What shows it is the worker (`offline-worker.js`); a browser that cannot do all this sits the test over the network.
 */

import { PACKAGE_CACHE, finished, openDatabase, result } from "./journal.js";
import { jsonHeaders } from "./save-queue.js";

/** @typedef {{media: Record<string, {type: string, bytes: number}>}} List */
/**
 * What came of a start.
 * @typedef {{ok: true, next: string} | {ok: false, status: number, words: string}} Started status 0: no connection
 */

/** @typedef {import("./journal.js").Journal} Journal */

const SPREAD_MS = 15_000;
const PACKAGE_URL = "/learner/package";
const START_URL = "/learner/start";
const START_TIMEOUT_MS = 15_000;

/** Whether this browser can keep a locked test. */
export function supported() {
  return isSecureContext && "serviceWorker" in navigator && "caches" in globalThis && "DecompressionStream" in globalThis;
}

/**
 * Fetch what is missing of the locked test, and have the worker keep the room's files. Tests of others leave this device.
 * @param {string} attempt
 * @param {(have: number, all: number) => void} [told] bytes
 * @returns {Promise<number>} its bytes
 */
export async function prepare(attempt, told = () => {}) {
  await navigator.serviceWorker.register("/sw.js");
  await dropOthers(attempt);
  const cache = await caches.open(PACKAGE_CACHE + attempt);
  const page = await cache.match(`${PACKAGE_URL}/page`);
  const tag = page?.headers.get("ETag");
  const answer = await fetch(PACKAGE_URL, { cache: "no-store", redirect: "error", headers: tag ? { "If-None-Match": tag } : {} });
  if (answer.ok) await keepPage(cache, answer);
  else if (answer.status !== 304) throw new Error(`no package: ${answer.status}`);
  await navigator.serviceWorker.ready;
  return keepMedia(cache, told);
}

/** @param {Cache} cache @param {Response} answer a line of JSON, then the sealed page */
async function keepPage(cache, answer) {
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const end = bytes.indexOf(10);
  const { headers } = answer;
  await cache.put(`${PACKAGE_URL}/list`, new Response(bytes.slice(0, end)));
  await cache.put(`${PACKAGE_URL}/page`, new Response(bytes.slice(end + 1), { headers }));
}

/** @param {Cache} cache @param {(have: number, all: number) => void} told */
async function keepMedia(cache, told) {
  const [list, page] = await Promise.all(["list", "page"].map((name) => cache.match(`${PACKAGE_URL}/${name}`)));
  if (!list || !page) throw new Error("nothing is kept");
  const media = Object.entries(/** @type {List} */ (await list.json()).media);
  let have = (await page.arrayBuffer()).byteLength;
  const all = media.reduce((sum, [, { bytes }]) => sum + bytes, have);
  for (const [name, { type, bytes }] of media) {
    told(have, all);
    const url = `${PACKAGE_URL}/${name}`;
    if (!(await cache.match(url))) {
      const answer = await fetch(url, { cache: "no-store", redirect: "error" });
      if (!answer.ok) throw new Error(`no file: ${answer.status}`);
      const headers = new Headers(answer.headers);
      headers.set("X-Kept-Type", type);
      await cache.put(url, new Response(await answer.arrayBuffer(), { headers }));
    }
    have += bytes;
  }
  told(all, all);
  return all;
}

/**
 * Start, or go on with, the test of this login, and keep the key that is given out for it.
 * @param {string} attempt
 * @param {string} csrf
 * @param {string} device the journal's name for this device: a first start gives it the lease
 * @returns {Promise<Started>}
 */
export async function start(attempt, csrf, device) {
  try {
    const answer = await fetch(START_URL, {
      method: "POST",
      headers: jsonHeaders(csrf),
      body: JSON.stringify({ device }),
      redirect: "error",
      signal: AbortSignal.timeout(START_TIMEOUT_MS),
    });
    const said = await answer.json();
    if (!answer.ok) return { ok: false, status: answer.status, words: [said.title, said.what_next].filter(Boolean).join(" ") };
    await keepKey(attempt, said).catch(() => {}); // then the room comes over the network
    return { ok: true, next: said.next };
  } catch {
    return { ok: false, status: 0, words: "" };
  }
}

/** Whether the key is on this device. @param {string} attempt */
export async function hasKey(attempt) {
  const db = await openDatabase();
  const found = await result(db.transaction("memory").objectStore("memory").get([attempt, "key"]));
  db.close();
  return found !== undefined;
}

/** @param {string} attempt @param {{key: string, remaining_ms: number, epoch: number, holder: boolean}} said */
async function keepKey(attempt, { key, remaining_ms: remainingMs, epoch, holder }) {
  const bytes = Uint8Array.from(atob(key), (letter) => letter.charCodeAt(0));
  const usable = await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["decrypt"]);
  const db = await openDatabase();
  const writing = db.transaction("memory", "readwrite", { durability: "strict" });
  const memory = writing.objectStore("memory");
  const wall = Date.now();
  memory.put({ attempt, name: "key", key: usable, wall });
  memory.put({ attempt, name: "time", remainingMs, wall });
  const known = memory.get([attempt, "state"]);
  known.onsuccess = () => {
    if (!known.result) memory.put({ attempt, name: "state", state: { epoch, holder, answers: {} } });
  };
  await finished(writing);
  db.close();
}

/** A device that many learners use keeps the test of one. @param {string} attempt */
async function dropOthers(attempt) {
  for (const name of await caches.keys()) {
    if (name.startsWith(PACKAGE_CACHE) && name !== PACKAGE_CACHE + attempt) await caches.delete(name);
  }
  const db = await openDatabase();
  const writing = db.transaction("memory", "readwrite");
  const memory = writing.objectStore("memory");
  const keys = memory.getAllKeys();
  keys.onsuccess = () => {
    for (const key of keys.result) if (Array.isArray(key) && key[0] !== attempt) memory.delete(key);
  };
  await finished(writing);
  db.close();
}

/**
 * The room's own part: a locked copy for the next page. A page that came over the network fetches it while the learner is already
 * answering, so that it can be loaded anew without a line.
 * @param {HTMLElement} root
 * @param {Journal} journal
 */
export function startOffline(root, journal) {
  if (supported() && journal.durable) setTimeout(() => void keep(root, journal).catch(() => {}), Math.random() * SPREAD_MS);
}

/** @param {HTMLElement} root @param {Journal} journal */
async function keep(root, journal) {
  await prepare(journal.attempt);
  if (!(await hasKey(journal.attempt))) await start(journal.attempt, root.dataset.csrf ?? "", journal.device);
}
