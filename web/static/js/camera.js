// SPDX-License-Identifier: Apache-2.0
/**
 * The learner's camera: one small JPEG a second, and the truth about the camera's state.
 *
 * 320x240 is enough to count faces and costs a phone line little; whoever sets `pace` gets fewer, smaller, coarser ones. A live camera
 * track keeps a hidden page's timers at one beat a second; where the browser can take a picture from the track itself, a hidden
 * page sends that instead of a stale video image. A camera that was lost (a call, a revoked permission, a pulled plug) is tried
 * again by itself every second and a half, without asking the learner anything.
 */

/** @typedef {"starting" | "on" | "muted" | "ended" | "denied"} CameraState */
/** @typedef {{grabFrame(): Promise<ImageBitmap>}} Grabber */

/** @typedef {import("./proctor-link.js").Pace} Pace */
/** @typedef {{virtual: boolean, width: number, height: number, fps: number | null, jitter_ms: number | null}} CameraFacts */

const WIDTH = 320;
const AGAIN_MS = 1500;
/** Over so many pictures of the camera its rate and regularity are measured. */
const MEASURED = 30;
/** And no longer than this: some browsers count no pictures of a video that is not shown. */
const MEASURE_MS = 8000;
/** Names of programs that put a made picture in place of a camera's; those that only lend a phone's camera are not among them. */
const VIRTUAL = /\bobs\b|virtual|manycam|snap ?camera|xsplit|splitcam|youcam|vcam|mmhmm/i;

/**
 * Whether to spare the line: as the page says, else as the learner chose, else as the browser knows its line.
 * @param {string | undefined} page "yes", "no" or "auto"
 * @param {string} chosen "yes", "no" or "" for nothing chosen
 * @param {{saveData?: boolean, effectiveType?: string} | undefined} line
 */
export function isEconomy(page, chosen, line) {
  if (page === "yes" || chosen === "yes") return true;
  if (page === "no" || chosen === "no") return false;
  return line?.saveData === true || ["slow-2g", "2g", "3g"].includes(line?.effectiveType ?? "");
}

/** Whether a camera of this name is one that a program makes up; the name itself stays in this browser. @param {string} name */
export const isVirtual = (name) => VIRTUAL.test(name);

/** Fires "state" when `state` changed. */
export class Camera extends EventTarget {
  /** @type {CameraState} */
  state = "starting";
  /** @type {MediaStream | null} */
  stream = null;
  #video = Object.assign(document.createElement("video"), { muted: true, playsInline: true, autoplay: true });
  /** The last picture as it was sent. */
  canvas = Object.assign(document.createElement("canvas"), { width: WIDTH, height: (WIDTH * 3) / 4 });
  /** @type {Grabber | null} */
  #grabber = null;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #beat;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #retry;
  /** Whether anybody wants pictures: a stopped camera is not tried again. */
  #wanted = false;
  #trying = false;
  /** @type {Pace} */
  #pace = { width: WIDTH, everyMs: 1000, quality: 0.6, most: 1e9 };
  #busy = false;
  #seq = 0;
  /** What is left of the quality, so that pictures of a busy or dark room fit as well. */
  #share = 1;
  /** @type {(seq: number, atMs: number, jpeg: ArrayBuffer) => unknown} */
  #onFrame;

  /** @type {number} */
  #width;

  /**
   * @param {(seq: number, atMs: number, jpeg: ArrayBuffer) => unknown} onFrame atMs: monotonic, since the page was opened; waited for
   * @param {number} width of the stream that is asked for, 4:3; what is sent is as wide as `pace` says
   */
  constructor(onFrame = () => {}, width = WIDTH) {
    super();
    this.#width = width;
    this.#onFrame = onFrame;
    const again = () => void this.#again();
    navigator.mediaDevices?.addEventListener?.("devicechange", again); // it was pulled out, and perhaps is back
    document.addEventListener("visibilitychange", again);
    addEventListener("focus", again);
  }

  /** How pictures are taken, from the next one on; after one of more than `most` bytes the next is coarser. @param {Pace} pace */
  set pace(pace) {
    const before = this.#pace.everyMs;
    this.#pace = pace;
    if (this.#beat !== undefined && pace.everyMs !== before) this.#begin();
  }

  /** What is known of the camera, once so many of its pictures were seen. @returns {Promise<CameraFacts>} */
  async facts() {
    const track = this.stream?.getVideoTracks()[0];
    const { width = 0, height = 0 } = track?.getSettings() ?? {};
    const [fps, jitter_ms] = await rateOf(this.#video);
    return { virtual: isVirtual(track?.label ?? ""), width, height, fps, jitter_ms };
  }

  /** Ask for the camera and begin; never throws: see `state`. @returns {Promise<CameraState>} */
  async start() {
    this.stop();
    this.#wanted = true;
    this.#become("starting");
    return this.#open();
  }

  /** @returns {Promise<CameraState>} */
  async #open() {
    this.#trying = true;
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        video: { width: { ideal: this.#width }, height: { ideal: (this.#width * 3) / 4 }, frameRate: { ideal: 15 }, facingMode: "user" },
        audio: false,
      });
      if (!this.#wanted) {
        for (const track of stream.getTracks()) track.stop();
        return this.state;
      }
      this.#release();
      this.stream = stream;
      const track = /** @type {MediaStreamTrack} */ (stream.getVideoTracks()[0]);
      track.addEventListener("ended", () => this.#lost(track));
      track.addEventListener("mute", () => this.#become("muted"));
      track.addEventListener("unmute", () => this.#become("on"));
      this.#grabber = grabberOf(track);
      this.#video.srcObject = stream;
      await this.#video.play();
      this.#become(track.muted ? "muted" : "on");
      this.#begin();
    } catch (error) {
      this.#release();
      const denied = error instanceof DOMException && ["NotAllowedError", "SecurityError"].includes(error.name);
      this.#become(denied ? "denied" : "ended");
    } finally {
      this.#trying = false;
    }
    return this.state;
  }

  #begin() {
    clearInterval(this.#beat);
    this.#beat = setInterval(() => void this.#frame(), this.#pace.everyMs);
    void this.#frame();
  }

  /** Let the camera go, without telling anybody. */
  stop() {
    this.#wanted = false;
    clearInterval(this.#retry);
    this.#retry = undefined;
    this.#release();
  }

  /** Try a lost camera again; only where that asks the learner nothing. */
  async #again() {
    if (!this.#wanted || this.#trying || document.hidden || !["ended", "denied", "muted"].includes(this.state)) return;
    if ((await permission()) === "prompt") return;
    if (this.#wanted && !this.#trying && this.state !== "on") await this.#open();
  }

  #release() {
    clearInterval(this.#beat);
    this.#beat = undefined;
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.#grabber = null;
    this.#video.srcObject = null;
  }

  /** One picture as JPEG, or null when there is none. @returns {Promise<ArrayBuffer | null>} */
  async picture() {
    if (!(await this.#draw())) return null;
    const blob = await new Promise((/** @type {(blob: Blob | null) => void} */ done) =>
      this.canvas.toBlob(done, "image/jpeg", this.#pace.quality * this.#share),
    );
    if (blob === null) return null;
    this.#share = Math.min(1, Math.max(0.1, (this.#share * this.#pace.most) / blob.size));
    return blob.arrayBuffer();
  }

  async #frame() {
    if (this.#busy || this.state !== "on") return;
    this.#busy = true;
    try {
      const atMs = Math.round(performance.now());
      const jpeg = await this.picture();
      if (jpeg !== null) await this.#onFrame(++this.#seq, atMs, jpeg);
    } finally {
      this.#busy = false;
    }
  }

  /** Draw the present picture, cut to 4:3, onto the canvas. @returns {Promise<boolean>} */
  async #draw() {
    const context = this.canvas.getContext("2d");
    if (context === null) return false;
    const width = Math.min(this.#pace.width, this.#video.videoWidth || WIDTH); // no more than the camera has
    if (this.canvas.width !== width) Object.assign(this.canvas, { width, height: (width * 3) / 4 });
    if (document.hidden && this.#grabber !== null) {
      try {
        const bitmap = await this.#grabber.grabFrame();
        drawCut(context, bitmap, bitmap.width, bitmap.height);
        bitmap.close();
        return true;
      } catch {
        this.#grabber = null; // it does not work here; the video does
      }
    }
    if (this.#video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return false;
    drawCut(context, this.#video, this.#video.videoWidth, this.#video.videoHeight);
    return true;
  }

  /** @param {MediaStreamTrack} track */
  #lost(track) {
    if (this.stream?.getVideoTracks()[0] !== track) return; // an old track that we stopped ourselves
    this.#release();
    this.#become("ended");
  }

  /** @param {CameraState} state */
  #become(state) {
    const lost = state !== "on" && state !== "starting";
    if (lost) this.#retry ??= setInterval(() => void this.#again(), AGAIN_MS);
    else {
      clearInterval(this.#retry);
      this.#retry = undefined;
    }
    if (state === this.state) return;
    this.state = state;
    this.dispatchEvent(new Event("state"));
  }
}

/** What the browser would do if it were asked for the camera. @returns {Promise<string>} */
async function permission() {
  try {
    return (await navigator.permissions.query({ name: /** @type {PermissionName} */ ("camera") })).state;
  } catch {
    return "unknown";
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {CanvasImageSource} source
 * @param {number} width
 * @param {number} height
 */
function drawCut(context, source, width, height) {
  const { canvas } = context;
  const scale = Math.min(width / canvas.width, height / canvas.height);
  const [cutWidth, cutHeight] = [canvas.width * scale, canvas.height * scale];
  context.drawImage(source, (width - cutWidth) / 2, (height - cutHeight) / 2, cutWidth, cutHeight, 0, 0, canvas.width, canvas.height);
}

/**
 * Pictures a second, and by how many ms the time between two differs; nothing where a browser does not say or the page is hidden.
 * @param {HTMLVideoElement} video
 * @returns {Promise<[number | null, number | null]>}
 */
async function rateOf(video) {
  /** @type {number[]} */
  const gaps = [];
  if (!video.requestVideoFrameCallback || document.hidden) return [null, null];
  let last = 0;
  await new Promise((/** @type {(done?: unknown) => void} */ done) => {
    const look = (/** @type {number} */ now) => {
      if (last) gaps.push(now - last);
      last = now;
      if (gaps.length < MEASURED) video.requestVideoFrameCallback(look);
      else done();
    };
    video.requestVideoFrameCallback(look);
    setTimeout(done, MEASURE_MS);
  });
  if (gaps.length < MEASURED) return [null, null];
  const mean = (/** @type {number[]} */ values) => values.reduce((sum, value) => sum + value) / MEASURED;
  const gap = mean(gaps);
  return [1000 / gap, Math.sqrt(mean(gaps.map((one) => (one - gap) ** 2)))];
}

/** @param {MediaStreamTrack} track @returns {Grabber | null} */
function grabberOf(track) {
  const { ImageCapture } = /** @type {{ImageCapture?: new (track: MediaStreamTrack) => Grabber}} */ (
    /** @type {unknown} */ (globalThis)
  );
  return ImageCapture ? new ImageCapture(track) : null;
}
