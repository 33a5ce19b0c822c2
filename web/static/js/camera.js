// SPDX-License-Identifier: Apache-2.0
/**
 * The learner's camera: one small JPEG a second, and the truth about the camera's state.
 *
 * 320x240 is enough to count faces and costs a phone line little; in economy mode fewer and coarser pictures go. A live camera
 * track keeps a hidden page's timers at one beat a second; where the browser can take a picture from the track itself, a hidden
 * page sends that instead of a stale video image. A camera that was lost (a call, a revoked permission, a pulled plug) is tried
 * again by itself every second and a half, without asking the learner anything.
 */

/** @typedef {"starting" | "on" | "muted" | "ended" | "denied"} CameraState */
/** @typedef {{grabFrame(): Promise<ImageBitmap>}} Grabber */

const WIDTH = 320;
const HEIGHT = 240;
const AGAIN_MS = 1500;
/**
 * How often a picture is taken, the JPEG quality, and the most bytes: after a picture that had more the next one is coarser.
 * Economy stays below the three seconds beyond which the server's rules say nothing about the time between two pictures.
 */
export const PACE = { full: { everyMs: 1000, quality: 0.6, most: 1e9 }, economy: { everyMs: 2500, quality: 0.4, most: 8500 } };

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

/** Fires "state" when `state` changed. */
export class Camera extends EventTarget {
  /** @type {CameraState} */
  state = "starting";
  /** @type {MediaStream | null} */
  stream = null;
  #video = Object.assign(document.createElement("video"), { muted: true, playsInline: true, autoplay: true });
  /** The last picture as it was sent. */
  canvas = Object.assign(document.createElement("canvas"), { width: WIDTH, height: HEIGHT });
  /** @type {Grabber | null} */
  #grabber = null;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #beat;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #retry;
  /** Whether anybody wants pictures: a stopped camera is not tried again. */
  #wanted = false;
  #trying = false;
  #pace = PACE.full;
  #busy = false;
  #seq = 0;
  /** What is left of the quality, so that pictures of a busy or dark room fit as well. */
  #share = 1;
  /** @type {(seq: number, atMs: number, jpeg: ArrayBuffer) => void} */
  #onFrame;

  /** @type {number} */
  #width;

  /**
   * @param {(seq: number, atMs: number, jpeg: ArrayBuffer) => void} onFrame atMs: monotonic, since the page was opened
   * @param {number} width of the stream that is asked for, 4:3; what is sent is always 320x240
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

  /** Fewer and coarser pictures, from the next one on. @param {boolean} yes */
  set economy(yes) {
    const pace = PACE[yes ? "economy" : "full"];
    if (pace === this.#pace) return;
    this.#pace = pace;
    if (this.#beat !== undefined) this.#begin();
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
      if (jpeg !== null) this.#onFrame(++this.#seq, atMs, jpeg);
    } finally {
      this.#busy = false;
    }
  }

  /** Draw the present picture, cut to 4:3, onto the canvas. @returns {Promise<boolean>} */
  async #draw() {
    const context = this.canvas.getContext("2d");
    if (context === null) return false;
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
  const scale = Math.min(width / WIDTH, height / HEIGHT);
  const [cutWidth, cutHeight] = [WIDTH * scale, HEIGHT * scale];
  context.drawImage(source, (width - cutWidth) / 2, (height - cutHeight) / 2, cutWidth, cutHeight, 0, 0, WIDTH, HEIGHT);
}

/** @param {MediaStreamTrack} track @returns {Grabber | null} */
function grabberOf(track) {
  const { ImageCapture } = /** @type {{ImageCapture?: new (track: MediaStreamTrack) => Grabber}} */ (
    /** @type {unknown} */ (globalThis)
  );
  return ImageCapture ? new ImageCapture(track) : null;
}
