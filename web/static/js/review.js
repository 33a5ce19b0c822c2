// SPDX-License-Identifier: Apache-2.0
/**
 * Evidence review: one picture large, steps by buttons and keys, a slow film. The contact sheet stays as it is; its links
 * work without this script. Keys act only while the focus is inside the viewer, so they take nothing from screen readers.
 */

const FILM_STEP_MS = 600;

const viewer = document.querySelector("[data-viewer]");
const stage = viewer?.querySelector("[data-viewer-stage]");
const pictures = [...(viewer?.querySelectorAll("a[data-frame]") ?? [])].filter((frame) => frame instanceof HTMLAnchorElement);
if (viewer instanceof HTMLElement && stage instanceof HTMLElement && pictures.length > 0) review(viewer, stage, pictures);

/**
 * @param {HTMLElement} viewer
 * @param {HTMLElement} stage
 * @param {HTMLAnchorElement[]} frames the links of the contact sheet, oldest first
 */
function review(viewer, stage, frames) {
  const image = /** @type {HTMLImageElement} */ (stage.querySelector("[data-viewer-image]"));
  const caption = /** @type {HTMLElement} */ (stage.querySelector("[data-viewer-caption]"));
  const said = stage.querySelector("[data-viewer-say]");
  const play = stage.querySelector("[data-play]");
  const onset = Math.max(frames.findIndex((frame) => "frameOnset" in frame.dataset), 0);
  let current = onset;
  let film = 0;

  /** @param {number} index @param {boolean} [quiet] whether a film runs: then nothing is read aloud */
  function show(index, quiet = false) {
    current = Math.min(Math.max(index, 0), frames.length - 1);
    const frame = /** @type {HTMLAnchorElement} */ (frames[current]);
    const words = frame.dataset.caption ?? "";
    image.src = frame.href;
    image.alt = frame.querySelector("img")?.alt ?? "";
    caption.textContent = words;
    if (said && !quiet) said.textContent = words;
    for (const other of frames) other.removeAttribute("aria-current");
    frame.setAttribute("aria-current", "true");
  }

  /** @param {boolean} on */
  function run(on) {
    clearInterval(film);
    play?.setAttribute("aria-pressed", String(on));
    play?.querySelector("[data-play-off]")?.toggleAttribute("hidden", on);
    play?.querySelector("[data-play-on]")?.toggleAttribute("hidden", !on);
    if (!on) return;
    show(current === frames.length - 1 ? 0 : current, true);
    film = setInterval(() => {
      if (current === frames.length - 1) run(false);
      else show(current + 1, true);
    }, FILM_STEP_MS);
  }

  /** @param {number} index */
  function jump(index) {
    run(false);
    show(index);
  }

  /** @type {Record<string, () => void>} */
  const keys = {
    ArrowLeft: () => jump(current - 1),
    ArrowRight: () => jump(current + 1),
    Home: () => jump(0),
    End: () => jump(frames.length - 1),
    o: () => jump(onset),
    p: () => run(play?.getAttribute("aria-pressed") !== "true"),
  };
  viewer.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  });
  for (const [index, frame] of frames.entries()) {
    frame.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      jump(index);
      stage.scrollIntoView({ block: "nearest" });
    });
  }
  for (const button of stage.querySelectorAll("[data-step]")) {
    button.addEventListener("click", () => jump(current + Number(button.getAttribute("data-step"))));
  }
  stage.querySelector("[data-onset]")?.addEventListener("click", () => jump(onset));
  play?.addEventListener("click", () => run(play.getAttribute("aria-pressed") !== "true"));
  viewer.querySelector("[data-viewer-fallback]")?.setAttribute("hidden", "");
  stage.hidden = false;
  show(onset, true);
}
