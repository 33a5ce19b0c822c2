// SPDX-License-Identifier: Apache-2.0
/**
 * The live wall: the server says "this attempt changed", the page fetches that tile anew. No state is kept here but the
 * version on each tile, so an old snapshot plus what was missed is always the fresh snapshot.
 *
 * The page needs: [data-wall] with data-sitting and data-tile-url (ends in "ATTEMPT"); in it elements with id "tile-…",
 * data-attempt, data-version, data-alert (the words of its newest alert, if any); [data-live="on"|"off"] for the state of the
 * line; [data-live-say] (a polite live region) with data-text ("{name}: {alert}"); tiles carry data-name.
 */

const RELOAD_JITTER_MS = 1500;
const PICTURE_WAIT_MS = 2000;

/** @typedef {{attempt_id: string, version: number}} Changed */

const wall = document.querySelector("[data-wall]");
if (wall instanceof HTMLElement) void watchWall(wall);

/** @param {HTMLElement} wall */
async function watchWall(wall) {
  const { io } = await import("/static/vendor/socket.io.esm.min.js");
  const socket = io("/wall", { path: "/live", transports: ["websocket"], reconnectionDelayMax: 10_000, randomizationFactor: 0.5 });
  let again = false;
  socket.on("connect", () => {
    socket.emit("watch", { sitting_id: wall.dataset.sitting }, (/** @type {{ok: boolean}} */ ack) => {
      showLine(ack.ok);
      // Whatever changed while nobody listened is in a fresh page; that is so for the first connection too, because a camera
      // that stopped between the page and the connection sends no second change.
      setTimeout(() => void refetchAll(wall), again ? Math.random() * RELOAD_JITTER_MS : 0);
      again = true;
    });
  });
  socket.on("disconnect", () => showLine(false));
  socket.on("connect_error", () => showLine(false));
  socket.on("changed", (/** @type {Changed} */ changed) => refresh(wall, changed.attempt_id, changed.version));
}

/** @type {Map<string, number>} attempts being fetched, with the newest version that was announced meanwhile */
const fetching = new Map();

/**
 * Fetch a tile unless it is being fetched; a change that comes meanwhile is fetched after that.
 * @param {HTMLElement} wall
 * @param {string} attempt
 * @param {number} version
 */
function refresh(wall, attempt, version) {
  const running = fetching.get(attempt);
  if (running !== undefined) {
    fetching.set(attempt, Math.max(running, version));
    return;
  }
  const shown = Number(tileOf(wall, attempt)?.dataset.version ?? -1);
  if (version <= shown) return;
  fetching.set(attempt, version);
  void fetchTile(wall, attempt).then((got) => {
    const wanted = fetching.get(attempt) ?? version;
    fetching.delete(attempt);
    if (got !== null && wanted > Math.max(got, version)) refresh(wall, attempt, wanted);
  });
}

/**
 * @param {HTMLElement} wall
 * @param {string} attempt
 * @returns {Promise<number | null>} the version that is shown now; null when it could not be had
 */
async function fetchTile(wall, attempt) {
  try {
    const url = (wall.dataset.tileUrl ?? "").replace("ATTEMPT", encodeURIComponent(attempt));
    const response = await fetch(url, { headers: { Accept: "text/html" }, cache: "no-store", redirect: "error" });
    if (response.status === 404) {
      tileOf(wall, attempt)?.remove();
      return null;
    }
    if (!response.ok) return null;
    const fresh = firstElement(await response.text());
    if (fresh === null) return null;
    await pictureReady(fresh);
    place(wall, attempt, fresh);
    return Number(fresh.dataset.version ?? 0);
  } catch {
    showLine(false);
    return null;
  }
}

/** The whole page again, and every tile from it. @param {HTMLElement} wall */
async function refetchAll(wall) {
  try {
    const response = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store", redirect: "error" });
    if (!response.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.querySelector("[data-wall]");
    if (!fresh) return;
    const seen = new Set();
    for (const tile of fresh.querySelectorAll("[data-attempt]")) {
      if (!(tile instanceof HTMLElement) || !tile.dataset.attempt) continue;
      seen.add(tile.dataset.attempt);
      place(wall, tile.dataset.attempt, /** @type {HTMLElement} */ (document.importNode(tile, true)));
    }
    for (const tile of wall.querySelectorAll("[data-attempt]")) {
      if (!seen.has(tile.getAttribute("data-attempt"))) tile.remove();
    }
  } catch {
    showLine(false);
  }
}

/**
 * Put a fresh tile in the old one's place, the focus where it was, and say a new alert.
 * @param {HTMLElement} wall
 * @param {string} attempt
 * @param {HTMLElement} fresh
 */
function place(wall, attempt, fresh) {
  const old = tileOf(wall, attempt);
  if (old && Number(old.dataset.version) > Number(fresh.dataset.version)) return;
  const alert = fresh.dataset.alert ?? "";
  if (alert !== "" && alert !== old?.dataset.alert) say(fresh.dataset.name ?? "", alert);
  if (!old) {
    wall.append(fresh);
    return;
  }
  const focused = document.activeElement;
  const position = focused && old.contains(focused) ? focusables(old).indexOf(focused) : -1;
  const self = focused === old;
  old.replaceWith(fresh);
  if (self) fresh.focus();
  else if (position >= 0) /** @type {HTMLElement | undefined} */ (focusables(fresh)[position])?.focus({ preventScroll: true });
}

/** @param {HTMLElement} tile */
function focusables(tile) {
  return [...tile.querySelectorAll("a[href], button, input, select, textarea, [tabindex]")];
}

/** Wait for the new picture, so that a tile never blinks black; not for long. @param {HTMLElement} tile */
async function pictureReady(tile) {
  const source = tile.querySelector("img")?.getAttribute("src");
  if (!source) return;
  const picture = new Image();
  picture.src = source;
  await Promise.race([picture.decode().catch(() => {}), new Promise((resolve) => setTimeout(resolve, PICTURE_WAIT_MS))]);
}

/** @param {string} html @returns {HTMLElement | null} */
function firstElement(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const element = document.importNode(template.content, true).firstElementChild;
  return element instanceof HTMLElement ? element : null;
}

/** @param {HTMLElement} wall @param {string} attempt @returns {HTMLElement | null} */
function tileOf(wall, attempt) {
  return wall.querySelector(`[data-attempt="${CSS.escape(attempt)}"]`);
}

/** @param {boolean} on */
function showLine(on) {
  for (const part of document.querySelectorAll("[data-live]")) {
    part.toggleAttribute("hidden", (part.getAttribute("data-live") === "on") !== on);
  }
}

/** @param {string} name @param {string} alert */
function say(name, alert) {
  const place = document.querySelector("[data-live-say]");
  if (place instanceof HTMLElement) {
    place.textContent = (place.dataset.text ?? "{name}: {alert}").replace("{name}", name).replace("{alert}", alert);
  }
}
