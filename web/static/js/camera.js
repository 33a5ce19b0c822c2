// SPDX-License-Identifier: Apache-2.0
/**
 * The learner's camera: one small JPEG a second, and the truth about the camera's state.
 *
 * 320x240 is enough to count faces and costs a phone line little. A live camera track keeps a hidden page's timers at one beat
 * a second; where the browser can take a picture from the track itself, a hidden page sends that instead of a stale video image.
 */

/** @typedef {"starting" | "on" | "muted" | "ended" | "denied"} CameraState */
/** @typedef {{grabFrame(): Promise<ImageBitmap>}} Grabber */

const WIDTH = 320;
const HEIGHT = 240;
const INTERVAL_MS = 1000;
const QUALITY = 0.6;

/** Fires "state" when `state` changed. */
export class Camera extends EventTarget {
  /** @type {CameraState} */
  state = "starting";
  /** @type {MediaStream | null} */
  stream = null;
  #video = Object.assign(document.createElement("video"), { muted: true, playsInline: true, autoplay: true });
  #canvas = Object.assign(document.createElement("canvas"), { width: WIDTH, height: HEIGHT });
  /** @type {Grabber | null} */
  #grabber = null;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #beat;
  #busy = false;
  #seq = 0;
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
    navigator.mediaDevices?.addEventListener?.("devicechange", () => {
      if (this.state === "ended") void this.start(); // it was pulled out, and perhaps is back
    });
  }

  /** The last picture as it was sent. */
  get canvas() {
    return this.#canvas;
  }

  /** Ask for the camera and begin; never throws: see `state`. @returns {Promise<CameraState>} */
  async start() {
    this.stop();
    this.#become("starting");
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        video: { width: { ideal: this.#width }, height: { ideal: (this.#width * 3) / 4 }, frameRate: { ideal: 15 }, facingMode: "user" },
        audio: false,
      });
      this.stream = stream;
      const track = /** @type {MediaStreamTrack} */ (stream.getVideoTracks()[0]);
      track.addEventListener("ended", () => this.#lost(track));
      track.addEventListener("mute", () => this.#become("muted"));
      track.addEventListener("unmute", () => this.#become("on"));
      this.#grabber = grabberOf(track);
      this.#video.srcObject = stream;
      await this.#video.play();
      this.#become(track.muted ? "muted" : "on");
      this.#beat = setInterval(() => void this.#frame(), INTERVAL_MS);
      void this.#frame();
    } catch (error) {
      this.stop();
      const denied = error instanceof DOMException && ["NotAllowedError", "SecurityError"].includes(error.name);
      this.#become(denied ? "denied" : "ended");
    }
    return this.state;
  }

  /** Let the camera go, without telling anybody. */
  stop() {
    clearInterval(this.#beat);
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.#grabber = null;
    this.#video.srcObject = null;
  }

  /** One picture as JPEG, or null when there is none. @returns {Promise<ArrayBuffer | null>} */
  async picture() {
    if (!(await this.#draw())) return null;
    const blob = await new Promise((/** @type {(blob: Blob | null) => void} */ done) =>
      this.#canvas.toBlob(done, "image/jpeg", QUALITY),
    );
    return blob === null ? null : blob.arrayBuffer();
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
    const context = this.#canvas.getContext("2d");
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
    this.stop();
    this.#become("ended");
  }

  /** @param {CameraState} state */
  #become(state) {
    if (state === this.state) return;
    this.state = state;
    this.dispatchEvent(new Event("state"));
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
