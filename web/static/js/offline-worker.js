// SPDX-License-Identifier: Apache-2.0
/**
 * The worker of the learner's browser: keeps the room's scripts and styles, and shows the room out of the locked test once the
 * start has released its key. So a start costs the server one small request, and a reload needs no line. Where nothing is kept, it
 * asks the network. It answers for the addresses below and for no others. `self.KEPT` ({VERSION, FILES}) is put in front of it.
 */
"use strict";

const worker = /** @type {any} */ (self);
/** @type {{VERSION: string, FILES: string[]}} */
const { VERSION, FILES } = worker.KEPT;
const STATIC = "kasauti-static-";
const PACKAGE = "kasauti-package-";
const PARTS = "/learner/package/";
const MEDIA = "/room/media/";
const LONGEST_MS = 24 * 3600 * 1000;
const current = new Set(FILES);

worker.addEventListener("install", (/** @type {any} */ event) => event.waitUntil(fill()));
worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(tidy()));
worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  if (request.method === "POST" && pathname === "/sign-out") event.waitUntil(wipe());
  if (request.method === "POST" && pathname === "/language") event.respondWith(changeLanguage(request));
  if (request.method !== "GET") return;
  const page = request.mode === "navigate";
  if (current.has(pathname) || isOlder(pathname)) event.respondWith(kept(request));
  else if (pathname === "/room" && page) event.respondWith(room(request));
  else if (pathname.startsWith(MEDIA)) event.respondWith(media(request, pathname.slice(MEDIA.length)));
  else if ((pathname === "/learner" || pathname === "/") && page) event.respondWith(door(request));
});

async function fill() {
  const cache = await caches.open(STATIC + VERSION);
  await cache.addAll(FILES);
  await worker.skipWaiting();
}

/** Files of an older version stay only while a locked test may still name them. */
async function tidy() {
  const names = await caches.keys();
  if (!names.some((name) => name.startsWith(PACKAGE))) {
    for (const name of names) if (name.startsWith(STATIC) && name !== STATIC + VERSION) await caches.delete(name);
  }
  await worker.clients.claim();
}

/** A file of another version than this worker's. @param {string} path */
function isOlder(path) {
  const [, first, version] = path.split("/");
  return first === "static" && version !== "vendor" && version !== VERSION;
}

/** @param {Request} request */
async function kept(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

/** @param {Request} request */
async function room(request) {
  return (await openPart("page").catch(() => null)) ?? fetch(request);
}

/** The way in; without a line it leads back into a test that runs on this device. @param {Request} request */
async function door(request) {
  try {
    return await fetch(request);
  } catch {
    return (await released()) ? Response.redirect("/room", 302) : Response.error();
  }
}

/** @param {Request} request @param {string} name */
async function media(request, name) {
  const whole = await openPart(name).catch(() => null);
  if (whole === null) return fetch(request);
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.get("Range") ?? "");
  if (range === null) return whole;
  const bytes = await whole.arrayBuffer();
  const [from, to] = [Number(range[1]), Math.min(Number(range[2] || Infinity), bytes.byteLength - 1)];
  const { headers } = whole;
  headers.set("Content-Range", `bytes ${from}-${to}/${bytes.byteLength}`);
  return new Response(bytes.slice(from, to + 1), { status: 206, headers });
}

/** The test whose key was released on this device, or null. */
async function released() {
  for (const name of await caches.keys()) {
    if (!name.startsWith(PACKAGE)) continue;
    const found = await remembered([name.slice(PACKAGE.length), "key"]);
    if (found && Math.abs(Date.now() - found.wall) < LONGEST_MS) return { cache: await caches.open(name), key: found.key };
  }
  return null;
}

/** One part, unlocked, or null when it is not here. @param {string} name */
async function openPart(name) {
  const test = await released();
  const locked = await test?.cache.match(PARTS + name);
  if (!test || !locked) return null;
  const bytes = await locked.arrayBuffer();
  const how = { name: "AES-GCM", iv: bytes.slice(0, 12), additionalData: new TextEncoder().encode(name) };
  const plain = await crypto.subtle.decrypt(how, test.key, bytes.slice(12));
  const headers = new Headers(locked.headers);
  for (const header of ["Content-Length", "Content-Encoding", "ETag", "Set-Cookie", "Vary"]) headers.delete(header);
  headers.set("Cache-Control", "no-store");
  headers.set("Content-Type", locked.headers.get("X-Kept-Type") ?? "text/html; charset=utf-8");
  const page = () => new Blob([plain]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(name === "page" ? page() : plain, { headers });
}

/** The kept room speaks the old language: once the server knows the new one, it is fetched anew. @param {Request} request */
async function changeLanguage(request) {
  const answer = await fetch(request);
  if (answer.type !== "opaqueredirect") return answer; // refused
  for (const name of await caches.keys()) {
    if (name.startsWith(PACKAGE)) await (await caches.open(name)).delete(PARTS + "page");
  }
  return answer;
}

/** Nobody is signed in any more: no test stays here. Answers that were never sent do. */
async function wipe() {
  for (const name of await caches.keys()) if (name.startsWith(PACKAGE)) await caches.delete(name);
  await withMemory("readwrite", (memory) => memory.clear());
}

/** @param {string[]} key */
function remembered(key) {
  return withMemory("readonly", (memory) => memory.get(key));
}

/**
 * @param {IDBTransactionMode} mode
 * @param {(memory: IDBObjectStore) => IDBRequest} act
 * @returns {Promise<any>} undefined where nothing was ever kept
 */
function withMemory(mode, act) {
  return new Promise((resolve) => {
    const opening = indexedDB.open("kasauti");
    // The pages alone make the database; this attempt to open it must not leave an empty one.
    opening.onupgradeneeded = () => opening.transaction?.abort();
    opening.onerror = () => resolve(undefined);
    opening.onsuccess = () => {
      const db = opening.result;
      const done = (/** @type {any} */ value) => {
        db.close();
        resolve(value);
      };
      if (!db.objectStoreNames.contains("memory")) return done(undefined);
      const asked = act(db.transaction("memory", mode).objectStore("memory"));
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => done(undefined);
    };
  });
}
