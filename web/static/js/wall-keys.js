// SPDX-License-Identifier: Apache-2.0
/**
 * Moving about the live wall: arrows, Enter, J and K to who needs somebody; how many do; and the order of the tiles, which changes
 * only on a press or when nobody touches the page, so that no tile jumps away under the pointer. Nothing is fetched here.
 *
 * The page needs: [data-wall] with tiles that carry data-attempt, data-need, data-rank, data-since, data-name; [data-next-need] with
 * data-one, data-many, data-none and [data-need-count] in it; [data-count] (a data-need) for the others; [data-need-bar]; [data-sort-again]; [data-wall-keys], which turns the
 * keys off and on; radio buttons named wall-show.
 */

export {};

const IDLE_MS = 8000;
const MEMORY = "kasauti-wall-keys";

const wall = document.querySelector("[data-wall]");
if (wall instanceof HTMLElement) start(wall);

/** @param {HTMLElement} wall */
function start(wall) {
  const one = (/** @type {string} */ selector) => /** @type {HTMLElement | null} */ (document.querySelector(selector));
  const again = one("[data-sort-again]");
  const keys = /** @type {HTMLInputElement | null} */ (one("[data-wall-keys]"));
  let current = "";
  let touched = performance.now();

  const tiles = () => /** @type {HTMLElement[]} */ ([...wall.querySelectorAll("[data-attempt]")]);
  const shown = () => tiles().filter((tile) => tile.offsetHeight > 1);
  const needy = () => shown().filter((tile) => tile.dataset.need === "look");
  const sorted = () => tiles().sort((a, b) => keyOf(a).localeCompare(keyOf(b)));

  const sort = () => {
    for (const tile of sorted()) wall.append(tile);
    again?.setAttribute("hidden", "");
    rove();
  };
  const rove = () => {
    const there = shown();
    const stop = there.find((tile) => tile.dataset.attempt === current) ?? there[0];
    for (const tile of tiles()) tile.tabIndex = tile === stop ? 0 : -1;
  };
  const go = (/** @type {HTMLElement | undefined} */ tile) => {
    if (!tile) return;
    current = tile.dataset.attempt ?? "";
    rove();
    tile.focus();
  };
  const count = () => {
    const need = tiles().filter((tile) => tile.dataset.need === "look").length;
    const button = one("[data-next-need]");
    const { one: single = "", many = "", none = "" } = button?.dataset ?? {};
    const words = (need === 0 ? none : need === 1 ? single : many).replace("{count}", String(need));
    const place = one("[data-need-count]");
    if (place && place.textContent !== words) place.textContent = words;
    one("[data-need-bar]")?.toggleAttribute("data-calm", need === 0);
    for (const part of document.querySelectorAll("[data-count]")) {
      part.textContent = String(tiles().filter((tile) => tile.dataset.need === part.getAttribute("data-count")).length);
    }
  };
  const step = (/** @type {number} */ by) => {
    if (needy().length === 0) /** @type {HTMLInputElement | null} */ (one('[name="wall-show"][value="all"]'))?.click();
    const [there, from] = [needy(), tiles().findIndex((tile) => tile.dataset.attempt === current && tile.contains(document.activeElement))];
    const places = there.map((tile) => tiles().indexOf(tile));
    const [before, after] = [places.filter((place) => place < from), places.filter((place) => place > from)];
    const next = by > 0 ? (after[0] ?? places[0]) : (before.at(-1) ?? places.at(-1));
    go(there[places.indexOf(next ?? -1)]);
  };

  const settle = () => {
    count();
    rove();
    const order = tiles();
    again?.toggleAttribute("hidden", sorted().every((tile, place) => tile === order[place]));
  };
  wall.addEventListener("tiles", settle);
  document.addEventListener("change", rove);
  again?.addEventListener("click", () => {
    sort();
    go(shown()[0]);
  });
  one("[data-next-need]")?.addEventListener("click", () => step(1));
  for (const event of ["pointermove", "pointerdown", "keydown", "wheel", "touchstart"]) {
    document.addEventListener(event, () => (touched = performance.now()), { passive: true });
  }
  setInterval(() => {
    const quiet = performance.now() - touched > IDLE_MS && !wall.contains(document.activeElement) && !document.querySelector("dialog[open]");
    if (quiet && again && !again.hidden) sort();
  }, IDLE_MS / 4);
  wall.addEventListener("focusin", ({ target }) => {
    current = target instanceof Element ? (target.closest("[data-attempt]")?.getAttribute("data-attempt") ?? current) : current;
    rove();
  });

  document.addEventListener("keydown", (event) => {
    const { target, key } = event;
    if (keys?.checked === false || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (target instanceof Element && target.closest("input:not([type=radio], [type=checkbox]), textarea, select")) return;
    const tile = target instanceof HTMLElement && target.matches("[data-attempt]") ? target : null;
    if (key === "j" || key === "J") step(1);
    else if (key === "k" || key === "K") step(-1);
    else if (tile && key === "Enter") /** @type {HTMLElement | null} */ (tile.querySelector("a[data-learner]"))?.click();
    else if (tile && /^Arrow/.test(key)) go(neighbour(shown(), tile, key));
    else return;
    event.preventDefault();
  });
  if (keys) {
    keys.checked = localStorage.getItem(MEMORY) !== "off";
    keys.addEventListener("change", () => localStorage.setItem(MEMORY, keys.checked ? "on" : "off"));
  }
  settle();
}

/** How the server sorts as well: the reason, since when, the name. @param {HTMLElement} tile */
function keyOf({ dataset }) {
  return [dataset.rank, dataset.since, dataset.name, dataset.attempt].join("\t");
}

/** @param {HTMLElement[]} tiles @param {HTMLElement} tile @param {string} key */
function neighbour(tiles, tile, key) {
  const at = tiles.indexOf(tile);
  if (key === "ArrowRight") return tiles[at + 1];
  if (key === "ArrowLeft") return tiles[at - 1];
  const down = key === "ArrowDown";
  const rows = tiles.filter((other) => (down ? other.offsetTop > tile.offsetTop : other.offsetTop < tile.offsetTop));
  const top = down ? Math.min(...rows.map((other) => other.offsetTop)) : Math.max(...rows.map((other) => other.offsetTop));
  const row = rows.filter((other) => other.offsetTop === top);
  return row.sort((a, b) => Math.abs(a.offsetLeft - tile.offsetLeft) - Math.abs(b.offsetLeft - tile.offsetLeft))[0];
}
