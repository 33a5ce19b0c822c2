// SPDX-License-Identifier: Apache-2.0
/**
 * Evidence review: one picture large, steps by buttons and keys, a slow film. The contact sheet stays as it is; its links
 * work without this script. Keys act only while the focus is inside the viewer, so they take nothing from screen readers.
 */

const FILM_STEP_MS = 600;

const viewer = document.querySelector("[data-viewer]");
const pictures = [...(viewer?.querySelectorAll("a[data-frame]") ?? [])].filter((frame) => frame instanceof HTMLAnchorElement);
if (viewer instanceof HTMLElement && pictures.length > 0) review(viewer, pictures);

/**
 * @param {HTMLElement} viewer
 * @param {HTMLAnchorElement[]} frames the links of the contact sheet, oldest first
 */
function review(viewer, frames) {
  const canvas = /** @type {HTMLCanvasElement} */ (viewer.querySelector("[data-viewer-picture]"));
  const caption = /** @type {HTMLElement} */ (viewer.querySelector("[data-viewer-caption]"));
  const said = viewer.querySelector("[data-viewer-say]");
  const play = viewer.querySelector("[data-play]");
  const onset = Math.max(frames.findIndex((frame) => "frameOnset" in frame.dataset), 0);
  let current = onset;
  let film = 0;

  /** @param {number} index @param {boolean} [quiet] whether a film runs: then nothing is read aloud */
  function show(index, quiet = false) {
    current = Math.min(Math.max(index, 0), frames.length - 1);
    const frame = /** @type {HTMLAnchorElement} */ (frames[current]);
    const words = frame.dataset.caption ?? "";
    const image = frame.querySelector("img");
    if (image) draw(canvas, image);
    canvas.setAttribute("aria-label", image?.alt ?? "");
    caption.textContent = words;
    if (said && !quiet) said.textContent = words;
    for (const other of frames) other.removeAttribute("aria-current");
    frame.setAttribute("aria-current", "true");
  }

  /** @param {boolean} on */
  function run(on) {
    clearInterval(film);
    film = 0;
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
    p: () => run(film === 0),
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
      canvas.scrollIntoView({ block: "nearest" });
    });
  }
  for (const button of viewer.querySelectorAll("[data-step]")) {
    button.addEventListener("click", () => jump(current + Number(button.getAttribute("data-step"))));
  }
  viewer.querySelector("[data-onset]")?.addEventListener("click", () => jump(onset));
  play?.addEventListener("click", () => run(film === 0));
  for (const part of viewer.querySelectorAll("[data-viewer-part]")) part.removeAttribute("hidden");
  show(onset, true);
}

/**
 * Draw what the contact sheet has loaded: asking the server again would log one more view of the same picture.
 * @param {HTMLCanvasElement} canvas
 * @param {HTMLImageElement} image
 */
function draw(canvas, image) {
  const context = canvas.getContext("2d");
  canvas.dataset.shows = image.src;
  context?.clearRect(0, 0, canvas.width, canvas.height); // never the words of one picture below another
  if (!image.complete) {
    image.addEventListener("load", () => canvas.dataset.shows === image.src && draw(canvas, image), { once: true });
    return;
  }
  if (image.naturalWidth === 0) return; // it could not be had; the words stay
  canvas.width = image.naturalWidth;
  canvas.height = image.naturalHeight;
  context?.drawImage(image, 0, 0);
}
