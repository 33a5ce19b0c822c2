// SPDX-License-Identifier: Apache-2.0
/**
 * The live wall: the server says "these attempts changed", the page fetches their tiles anew, many in one request and one request
 * at a time. Of a new picture alone it hears apart from that, and loads it only where the tile is in view. No state is kept here but
 * the version on each tile, so an old snapshot plus what was missed is always the fresh snapshot.
 *
 * The page needs: [data-wall] with data-sitting and data-tiles-url; in it elements with id "tile-…", data-attempt, data-version,
 * data-alert (what is new of it in words, if anything) and, where there is a picture, an image [data-picture]; [data-live="on"|"off"]
 * for the state of the line; [data-busy] with data-text ("… {share} …"); [data-live-say] (a polite live region) with data-text ("{name}: {alert}"); tiles carry data-name.
 * After tiles were put in place the wall gets an event "tiles" (js/wall-keys.js counts and sorts, js/wall-actions.js shows the thread).
 */

const RELOAD_JITTER_MS = 1500;
const PICTURE_WAIT_MS = 2000;
const GATHER_MS = 250;
/** Minutes left and seconds since are true again after this; it also tells the server that somebody still watches. */
const BEAT_MS = 60_000;
const MOST_PICTURES = 6;

/** @typedef {{attempt_id: string, version: number}} Changed */

const wall = document.querySelector("[data-wall]");
if (wall instanceof HTMLElement) void watchWall(wall);

/** @param {HTMLElement} wall */
async function watchWall(wall) {
  const { io } = await import("/static/vendor/socket.io.esm.min.js");
  const socket = io("/wall", { path: "/live", transports: ["websocket"], reconnectionDelayMax: 10_000, randomizationFactor: 0.5 });
  const tiles = new Tiles(wall);
  const pictures = new Pictures(wall);
  const watch = (/** @type {() => void} */ then) =>
    socket.emit("watch", { sitting_id: wall.dataset.sitting }, (/** @type {{ok: boolean, left_out?: number}} */ ack) => {
      showLine(ack.ok);
      showBusy(ack.left_out ?? 0);
      then();
    });
  let again = false;
  socket.on("connect", () =>
    watch(() => {
      // Whatever changed while nobody listened is in fresh tiles; that is so for the first connection too, because a camera
      // that stopped between the page and the connection sends no second change.
      setTimeout(() => tiles.refreshAll(), again ? Math.random() * RELOAD_JITTER_MS : 0);
      again = true;
    }),
  );
  socket.on("disconnect", () => showLine(false));
  socket.on("connect_error", () => showLine(false));
  socket.on("changed", (/** @type {Changed} */ changed) => tiles.refresh(changed.attempt_id, changed.version));
  socket.on("picture", (/** @type {Changed} */ changed) => pictures.renew(changed.attempt_id, changed.version));
  setInterval(() => {
    if (socket.connected) watch(() => tiles.refreshAll());
  }, BEAT_MS);
}

class Tiles {
  /** @type {Map<string, number>} attempts to fetch with the newest version that was announced */
  #wanted = new Map();
  #all = false;
  #busy = false;
  #wall;

  /** @param {HTMLElement} wall */
  constructor(wall) {
    this.#wall = wall;
  }

  /** @param {string} attempt @param {number} version */
  refresh(attempt, version) {
    if (version <= Number(tileOf(this.#wall, attempt)?.dataset.version ?? -1)) return;
    this.#wanted.set(attempt, version);
    this.#soon();
  }

  refreshAll() {
    this.#all = true;
    this.#soon();
  }

  #soon() {
    if (this.#busy) return; // what comes meanwhile goes into the next request
    this.#busy = true;
    setTimeout(async () => {
      const asked = this.#all ? null : [...this.#wanted.keys()];
      this.#wanted.clear();
      this.#all = false;
      await this.#fetch(asked);
      this.#busy = false;
      if (this.#all || this.#wanted.size > 0) this.#soon();
    }, GATHER_MS);
  }

  /** @param {string[] | null} asked null: every tile of the sitting */
  async #fetch(asked) {
    const query = asked ? `?${new URLSearchParams(asked.map((attempt) => ["attempt", attempt]))}` : "";
    try {
      const response = await fetch(`${this.#wall.dataset.tilesUrl}${query}`, { headers: { Accept: "text/html" }, cache: "no-store", redirect: "error" });
      if (!response.ok) return;
      const template = document.createElement("template");
      template.innerHTML = await response.text();
      const fresh = /** @type {HTMLElement[]} */ ([...document.importNode(template.content, true).children]);
      await Promise.all(fresh.map((tile) => pictureReady(tile, tileOf(this.#wall, tile.dataset.attempt ?? ""))));
      for (const tile of fresh) place(this.#wall, tile.dataset.attempt ?? "", tile);
      const there = new Set(fresh.map((tile) => tile.dataset.attempt));
      for (const attempt of asked ?? all(this.#wall)) if (!there.has(attempt)) tileOf(this.#wall, attempt)?.remove();
      this.#wall.dispatchEvent(new CustomEvent("tiles", { detail: [...there] }));
    } catch {
      showLine(false);
    }
  }
}

/** New pictures of the tiles in view, a few at a time; a tile that comes into view gets the newest that it missed. */
class Pictures {
  /** @type {Map<string, number>} */
  #newest = new Map();
  /** @type {Set<string>} */
  #loading = new Set();
  #seen;
  /** @type {Set<Element>} */
  #inView = new Set();
  #wall;

  /** @param {HTMLElement} wall */
  constructor(wall) {
    this.#wall = wall;
    this.#seen = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) this.#inView.add(target);
        else this.#inView.delete(target);
      }
      this.#next();
    });
    const observe = () => {
      this.#seen.disconnect();
      this.#inView.clear();
      for (const tile of wall.children) this.#seen.observe(tile);
    };
    wall.addEventListener("tiles", observe);
    observe();
  }

  /** @param {string} attempt @param {number} version */
  renew(attempt, version) {
    this.#newest.set(attempt, version);
    this.#next();
  }

  #next() {
    if (document.hidden) return;
    for (const tile of this.#inView) {
      const attempt = /** @type {HTMLElement} */ (tile).dataset.attempt ?? "";
      if (this.#loading.size < MOST_PICTURES && this.#newest.has(attempt) && !this.#loading.has(attempt)) void this.#load(attempt);
    }
  }

  /** @param {string} attempt */
  async #load(attempt) {
    const shown = tileOf(this.#wall, attempt)?.querySelector("img[data-picture]");
    const version = this.#newest.get(attempt);
    this.#newest.delete(attempt);
    if (!(shown instanceof HTMLImageElement)) return; // the tile has none yet: it comes with the tile
    this.#loading.add(attempt);
    const url = new URL(shown.src);
    url.searchParams.set("v", String(version));
    const picture = new Image();
    picture.src = url.href;
    try {
      await picture.decode();
      const now = tileOf(this.#wall, attempt)?.querySelector("img[data-picture]");
      if (now instanceof HTMLImageElement) now.src = url.href;
    } catch {
      // The next picture tries again.
    }
    this.#loading.delete(attempt);
    this.#next();
  }
}

/**
 * Put a fresh tile in the old one's place, the focus where it was, and say what is new.
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
  const [shown, next] = [old.querySelector("img[data-picture]"), fresh.querySelector("img[data-picture]")];
  if (shown && next) next.replaceWith(shown); // its newest picture comes by itself; a tile never blinks
  const focused = document.activeElement;
  const position = focused && old.contains(focused) ? focusables(old).indexOf(focused) : -1;
  const self = focused === old;
  fresh.tabIndex = old.tabIndex;
  old.replaceWith(fresh);
  if (self) fresh.focus({ preventScroll: true });
  else if (position >= 0) /** @type {HTMLElement | undefined} */ (focusables(fresh)[position])?.focus({ preventScroll: true });
}

/** @param {HTMLElement} tile */
function focusables(tile) {
  return [...tile.querySelectorAll("a[href], button, input, select, textarea, [tabindex]")];
}

/** Wait for a tile's first picture, so that it never blinks black; not for long. @param {HTMLElement} tile @param {HTMLElement | null} old */
async function pictureReady(tile, old) {
  const source = tile.querySelector("img")?.getAttribute("src");
  if (!source || old?.querySelector("img")) return;
  const picture = new Image();
  picture.src = source;
  await Promise.race([picture.decode().catch(() => {}), new Promise((resolve) => setTimeout(resolve, PICTURE_WAIT_MS))]);
}

/** @param {HTMLElement} wall */
function all(wall) {
  return [...wall.querySelectorAll("[data-attempt]")].map((tile) => tile.getAttribute("data-attempt") ?? "");
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

/** One line for the whole wall while the server leaves pictures out. @param {number} share in per cent */
function showBusy(share) {
  const place = document.querySelector("[data-busy]");
  if (!(place instanceof HTMLElement)) return;
  place.hidden = share === 0;
  const words = share === 0 ? "" : (place.dataset.text ?? "").replace("{share}", String(share));
  if (place.textContent !== words) place.textContent = words;
}

/** @param {string} name @param {string} alert */
function say(name, alert) {
  const place = document.querySelector("[data-live-say]");
  if (place instanceof HTMLElement) {
    place.textContent = (place.dataset.text ?? "{name}: {alert}").replace("{name}", name).replace("{alert}", alert);
  }
}
