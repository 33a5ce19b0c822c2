// SPDX-License-Identifier: Apache-2.0
/**
 * Frames to the proctor over Socket.IO. A frame may be lost, an answer may not: this line never carries answers, and it steps
 * back first when the line is thin. At most one newest frame waits; nothing new is sent while an earlier one has been
 * unacknowledged for three seconds, or while the socket still holds unsent bytes.
 */

/** @typedef {{seq: number, at_ms: number, jpeg: ArrayBuffer}} Frame */
/** @typedef {{ok: boolean, seq?: number, dropped?: boolean, code?: string}} FrameAck */
/** @typedef {import("/static/vendor/socket.io.esm.min.js").Socket} Socket */

/** A frame unacknowledged for this long stops the next ones. */
export const STALE_MS = 3000;
/** The page says that it is alive this often, so that a camera that fell silent can be told from a line that was lost. */
const BEAT_MS = 1000;
/** After this long without any acknowledgement the connection is taken for dead and made anew. */
const DEAD_MS = 20_000;
/** More unsent bytes than this: the line cannot keep up. */
const CROWDED_BYTES = 64_000;

/**
 * Which frames may leave; pure bookkeeping.
 */
export class FrameGate {
  /** @type {Map<number, number>} seq -> monotonic ms of sending */
  #flying = new Map();
  /** @type {Frame | null} */
  #newest = null;

  /** Put a frame in the waiting place; an older one that waits there is dropped. @param {Frame} frame */
  offer(frame) {
    this.#newest = frame;
  }

  /**
   * Take the frame that may leave now, or null.
   * @param {number} now monotonic ms
   * @param {number} bufferedBytes what the socket has not sent yet
   */
  take(now, bufferedBytes) {
    if (this.#newest === null || this.oldest(now) > STALE_MS || bufferedBytes > CROWDED_BYTES) return null;
    const frame = this.#newest;
    this.#newest = null;
    this.#flying.set(frame.seq, now);
    return frame;
  }

  /** @param {number} seq */
  acknowledge(seq) {
    this.#flying.delete(seq);
  }

  /** The connection is gone, and what flew with it. */
  reset() {
    this.#flying.clear();
  }

  /** For how many ms the oldest frame has been unacknowledged; 0 when none is. @param {number} now */
  oldest(now) {
    const [first] = this.#flying.values();
    return first === undefined ? 0 : now - first;
  }
}

/** Fires "line" when `up` or `slow` changed, "changed" when the server says that the attempt changed. */
export class ProctorLink extends EventTarget {
  up = false;
  slow = false;
  #gate = new FrameGate();
  /** @type {Socket | null} */
  #socket = null;
  #cameraState = "";
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #beat;

  async connect() {
    this.#socket = await join("/frames", 1000);
    this.#socket.on("connect", () => {
      this.#gate.reset();
      this.#tellCamera();
      this.#judge();
    });
    this.#socket.on("disconnect", (reason) => {
      this.#gate.reset();
      this.#judge();
      if (reason === "io server disconnect") setTimeout(() => this.#socket?.connect(), 5000 + Math.random() * 5000);
    });
    this.#beat = setInterval(() => this.#tellCamera(), BEAT_MS);
    this.#socket.on("changed", () => this.dispatchEvent(new Event("changed")));
  }

  /** End the connection for good. */
  close() {
    clearInterval(this.#beat);
    this.#socket?.disconnect();
    this.#socket = null;
  }

  /**
   * Offer a frame; it leaves now, later, or never.
   * @param {number} seq
   * @param {number} atMs
   * @param {ArrayBuffer} jpeg
   */
  frame(seq, atMs, jpeg) {
    this.#gate.offer({ seq, at_ms: atMs, jpeg });
    this.#pump();
  }

  /** @param {"on" | "ended" | "muted" | "denied"} state */
  camera(state) {
    this.#cameraState = state;
    this.#tellCamera();
  }

  #tellCamera() {
    if (!this.#socket?.connected || this.#cameraState === "") return;
    this.#socket.volatile.emit("camera", { state: this.#cameraState }, () => {});
  }

  #pump() {
    const socket = this.#socket;
    const now = performance.now();
    if (!socket?.connected) return;
    if (this.#gate.oldest(now) > DEAD_MS) {
      this.#gate.reset();
      socket.disconnect().connect();
      return;
    }
    const { engine } = /** @type {any} */ (socket.io);
    const frame = this.#gate.take(now, engine?.transport.ws?.bufferedAmount ?? 0);
    if (frame !== null) {
      socket.emit("frame", { seq: frame.seq, at_ms: frame.at_ms }, frame.jpeg, (/** @type {FrameAck} */ _ack) => {
        this.#gate.acknowledge(frame.seq);
        this.#pump();
      });
    }
    this.#judge();
  }

  #judge() {
    const up = this.#socket?.connected ?? false;
    const slow = this.#gate.oldest(performance.now()) > STALE_MS;
    if (up === this.up && slow === this.slow) return;
    this.up = up;
    this.slow = slow;
    this.dispatchEvent(new Event("line"));
  }
}

/**
 * The line of a learner who is not watched: it carries nothing up, and down only that something changed.
 * @param {() => void} onChanged
 */
export async function listen(onChanged) {
  (await join("/room", 2000)).on("changed", onChanged);
}

/**
 * Connect; the module comes over the line only now, and is asked for again where the line was away.
 * @param {string} name
 * @param {number} delay ms until the first try again, at most 15 times that; the client spreads each by half of it
 * @returns {Promise<Socket>}
 */
async function join(name, delay) {
  try {
    const { io } = await import("/static/vendor/socket.io.esm.min.js");
    return io(name, { path: "/live", transports: ["websocket"], reconnectionDelay: delay, reconnectionDelayMax: delay * 15 });
  } catch {
    await new Promise((done) => setTimeout(done, delay));
    return join(name, delay);
  }
}
