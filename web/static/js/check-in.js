// SPDX-License-Identifier: Apache-2.0
/**
 * The check-in: the card, the photo, the calm seconds and a few movements. The server looks and decides what comes next; this page
 * only shows it, sends pictures and says in words what is wrong. Loaded anew, it begins at the step that is due.
 */

import { Camera } from "./camera.js";

/** @typedef {{phase: string, seen: string | null, progress: number, seconds_left: number, challenge: string | null, digits: string,
 *   tries: number, number: number, of: number, every_ms: number, may_skip: boolean, unseen: number}} View */
/** @typedef {{ok: true, body: any} | {ok: false, status: number, code: string, words: string}} Answer */

const STILL = { width: 640, height: 480, quality: 0.85 };
const FRAME = { width: 480, height: 360, quality: 0.7 };
/** On a line that is slower than this for one frame, smaller ones follow. */
const SLOW_MS = 1500;
const SMALL = { width: 320, height: 240, quality: 0.55 };
/** So many frames, so far apart, are taken before any is sent: eyes are shut for a moment only, whatever the line. */
const BURST = { count: 15, everyMs: 200 };
const AGAIN_MS = 2500;
/** A word about the picture is shown when it was true twice, so that it does not flicker. */
const WARM_UP_MS = 600;
const PATIENCE_MS = 5000;

const root = /** @type {HTMLElement} */ (document.querySelector("[data-check-in]"));
const texts = /** @type {Record<string, string>} */ (JSON.parse(document.getElementById("check-in-texts")?.textContent ?? "{}"));
const steps = (root.dataset.steps ?? "").split(" ");
const finder = part("[data-finder]");
const camera = new Camera(() => {}, STILL.width);
const video = Object.assign(document.createElement("video"), { muted: true, playsInline: true, autoplay: true });
const still = Object.assign(document.createElement("canvas"), { width: STILL.width, height: STILL.height });
const canvas = document.createElement("canvas");
let step = root.dataset.step ?? "";
let state = "";
let running = false;
let size = FRAME;
let seenBefore = "";
let triesBefore = 0;

video.setAttribute("aria-hidden", "true");
still.setAttribute("role", "img");
still.setAttribute("aria-label", texts["picture"] ?? "");
part("[data-take]").addEventListener("click", shoot);
part("[data-send]").addEventListener("click", () => void send());
part("[data-on]").addEventListener("click", next);
part("[data-begin]").addEventListener("click", () => void run());
part("[data-skip]").addEventListener("click", () => void skip());
for (const button of root.querySelectorAll("[data-again]")) button.addEventListener("click", () => void begin());
camera.addEventListener("state", () => {
  if (camera.state === "ended" || camera.state === "denied") {
    running = false;
    show(camera.state);
  } else if (camera.state === "on" && (state === "ended" || state === "denied")) void begin();
});
addEventListener("pagehide", () => camera.stop());
void begin();

/** The camera on, then the step that is due. */
async function begin() {
  still.remove();
  show("starting");
  if (camera.stream === null) {
    const found = await camera.start();
    if (found === "denied" || found === "ended") return show(found);
  }
  video.srcObject = camera.stream;
  video.toggleAttribute("data-mirrored", step !== "id_card"); // a mirrored card cannot be read
  finder.prepend(video);
  await firstPicture();
  show(step === "calibration" ? "ready" : "live");
  say(step === "calibration" ? "ready" : step);
  focus(step === "calibration" ? "[data-begin]" : "[data-take]");
}

function shoot() {
  draw(still, STILL);
  finder.append(still);
  video.remove();
  show("taken");
  say(step, `${step}_taken`);
  focus("[data-send]");
}

/** Send the still picture of the card or of the face. */
async function send() {
  show("sending");
  say(step, "sending");
  const jpeg = await encode(still, STILL.quality);
  const answer = await post(step === "id_card" ? root.dataset.cardUrl : root.dataset.photoUrl, jpeg);
  if (answer === null) {
    show("unsent");
    focus("[data-send]");
  } else if (answer.ok && answer.body.face_found === false) {
    show("no-face");
    focus("[data-on]");
  } else if (answer.ok) next();
  else if (!settled(answer.code)) {
    part("[data-problem]").textContent = answer.words;
    show("refused");
    focus("[data-again]");
  }
}

/** The step after this one, or the end. */
function next() {
  const following = steps[steps.indexOf(step) + 1];
  if (following === undefined) return finish();
  step = following;
  void begin();
}

/** One frame after the other, as fast as the server asks and the line allows. */
async function run() {
  running = true;
  show("running");
  say("calm", "");
  part("[data-now]").focus({ preventScroll: true });
  /** @type {View | null} */
  let view = null;
  while (running) {
    const asked = /** @type {View | null} */ (view);
    const blink = asked?.challenge === "blink";
    const frames = blink ? await burst() : [await frame()];
    for (const jpeg of frames) {
      if (!running) return;
      const began = performance.now();
      /** @type {View | null} */
      const came = jpeg === null ? null : await offer(jpeg);
      if (came === null) {
        await wait(AGAIN_MS);
        break;
      }
      const changed = came.challenge !== view?.challenge;
      view = came;
      tell(view);
      if (view.phase === "done") return finish(view.unseen);
      const took = performance.now() - began;
      if (took > SLOW_MS) size = SMALL;
      if (!blink) await wait(Math.max(0, view.every_ms - took));
      else if (changed) break;
    }
  }
}

/** Send one frame; null when it has to be tried again. @param {Blob} jpeg @returns {Promise<View | null>} */
async function offer(jpeg) {
  const answer = await post(root.dataset.frameUrl, jpeg);
  if (answer === null) {
    show("offline");
    return null;
  }
  show("running");
  if (answer.ok) return answer.body;
  if (settled(answer.code)) return null;
  if (answer.status === 503) hint("busy");
  else if (answer.code !== "frame_too_fast") part("[data-hint]").textContent = answer.words;
  return null;
}

/** @returns {Promise<(Blob | null)[]>} */
async function burst() {
  /** @type {(Blob | null)[]} */
  const taken = [];
  while (running && taken.length < BURST.count) {
    taken.push(await frame());
    await wait(BURST.everyMs);
  }
  return taken;
}

async function frame() {
  if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return null;
  draw(canvas, size);
  return encode(canvas, size.quality);
}

/** What the server saw, in words and in the ring. @param {View} view */
function tell(view) {
  const what = view.challenge ?? "calm";
  for (const cue of root.querySelectorAll("[data-cue]")) cue.toggleAttribute("hidden", cue.getAttribute("data-cue") !== what);
  part("[data-ring]").setAttribute("stroke-dasharray", `${Math.round(view.progress * 100)} 100`);
  /** @type {HTMLProgressElement} */ (part("[data-progress]")).value = Math.round(view.progress * 100);
  finder.toggleAttribute("data-good", view.seen === "good" || view.seen === "wall_face");
  put("[data-now]", texts[`${what}_now`] ?? "");
  const more = texts[`${what.startsWith("turn") ? "turn" : what}_more`] ?? "";
  const movement = view.challenge ? `${fill(texts["movement"], { number: view.number, of: view.of })} ` : "";
  put("[data-more]", movement + fill(more, { seconds: view.seconds_left }));
  put("[data-digits]", view.digits.split("").join(" "));
  part("[data-digits]").hidden = view.digits === "";
  part("[data-skip]").hidden = !view.may_skip;
  if (view.challenge && view.tries > 0 && view.tries !== triesBefore) put("[data-hint]", texts["once_more"] ?? "");
  else hint(view.seen ?? "good");
  triesBefore = view.tries;
}

/** @param {string} seen */
function hint(seen) {
  if (seen === seenBefore || seen === "good") put("[data-hint]", texts[seen] ?? "");
  seenBefore = seen;
}

async function skip() {
  const answer = await post(root.dataset.skipUrl, new Blob());
  if (answer?.ok) {
    tell(answer.body);
    if (answer.body.phase === "done") finish(answer.body.unseen);
  }
}

/** @param {number} unseen movements that the camera did not see */
function finish(unseen = 0) {
  running = false;
  camera.stop();
  video.remove();
  still.remove();
  step = "done";
  show("done");
  say("done");
  part("[data-unseen]").hidden = unseen === 0;
  part("[data-skip]").hidden = true;
  focus("[data-to-gate]");
}

/** Whether a refusal means that this page has nothing more to do; then the gate says what is next. @param {string} code */
function settled(code) {
  if (code === "check_in_done") finish();
  else if (["consent_missing", "session_active", "session_ended", "check_in_not_needed", "sign_in_needed"].includes(code)) {
    running = false;
    camera.stop();
    location.assign(root.dataset.gateUrl ?? "/");
  } else if (code === "check_in_wrong_step") location.reload();
  else return false;
  return true;
}

/** @param {string | undefined} url @param {Blob} body @returns {Promise<Answer | null>} null without a line */
async function post(url, body) {
  try {
    const response = await fetch(url ?? "", {
      method: "POST",
      headers: { "Content-Type": "image/jpeg", Accept: "application/json", "X-CSRFToken": root.dataset.csrf ?? "" },
      body,
      redirect: "error",
      signal: AbortSignal.timeout(20_000),
    });
    const came = await response.json().catch(() => ({}));
    if (response.ok) return { ok: true, body: came };
    return { ok: false, status: response.status, code: came.code ?? "", words: [came.title, came.what_next].filter(Boolean).join(" ") };
  } catch {
    return null;
  }
}

/** @param {string} now */
function show(now) {
  state = now;
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-when], [data-step]:not([data-check-in])"))) {
    const when = place.dataset.when?.split(" ").includes(now) ?? true;
    const here = place.dataset.step?.split(" ").includes(step) ?? true;
    place.toggleAttribute("hidden", !(when && here));
  }
  const at = step === "done" ? steps.length : steps.indexOf(step);
  steps.forEach((name, place) => {
    const mark = part(`[data-step-mark="${name}"]`);
    mark.toggleAttribute("data-done", place < at);
    if (place === at) mark.setAttribute("aria-current", "step");
    else mark.removeAttribute("aria-current");
    const word = mark.querySelector("[data-step-state]");
    if (word) word.textContent = (place < at ? texts["step_done"] : place === at ? texts["step_here"] : "") ?? "";
  });
}

/** The one instruction. @param {string} what @param {string} [more] the key of the line below it */
function say(what, more = `${what}_more`) {
  put("[data-now]", texts[`${what}_now`] ?? "");
  put("[data-more]", texts[more] ?? "");
  put("[data-hint]", "");
  part("[data-digits]").hidden = true;
}

/** Change words only when they are others, so that they are not read out again. @param {string} place @param {string} words */
function put(place, words) {
  const found = part(place);
  if (found.textContent !== words) found.textContent = words;
}

/** @param {HTMLCanvasElement} on @param {{width: number, height: number}} wanted */
function draw(on, wanted) {
  if (on.width !== wanted.width) Object.assign(on, { width: wanted.width, height: wanted.height });
  const scale = Math.min(video.videoWidth / 4, video.videoHeight / 3);
  const width = 4 * scale;
  const height = 3 * scale;
  const left = (video.videoWidth - width) / 2;
  const top = (video.videoHeight - height) / 2;
  on.getContext("2d")?.drawImage(video, left, top, width, height, 0, 0, on.width, on.height);
}

/** @param {HTMLCanvasElement} from @param {number} quality @returns {Promise<Blob>} */
function encode(from, quality) {
  return new Promise((done) => from.toBlob((blob) => done(blob ?? new Blob()), "image/jpeg", quality));
}

/** The first pictures of many cameras are black while they find their light. */
async function firstPicture() {
  const shown = new Promise((/** @type {(value?: unknown) => void} */ done) => {
    if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) done();
    else video.addEventListener("loadeddata", done, { once: true });
  });
  await Promise.race([shown, wait(PATIENCE_MS)]);
  await wait(WARM_UP_MS);
}

/** @param {string | undefined} text @param {Record<string, string | number>} values */
function fill(text, values) {
  return (text ?? "").replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/** @param {string} selector */
function focus(selector) {
  for (const found of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(selector))) if (!found.hidden) return found.focus();
}

/** @param {string} selector @returns {HTMLElement} */
function part(selector) {
  return /** @type {HTMLElement} */ (root.querySelector(selector));
}

/** @param {number} ms */
function wait(ms) {
  return new Promise((done) => setTimeout(done, ms));
}
