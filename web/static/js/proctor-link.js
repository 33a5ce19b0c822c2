// SPDX-License-Identifier: Apache-2.0
/**
 * Frames to the proctor over Socket.IO. A frame may be lost, an answer may not: this line never carries answers, and it steps
 * back first when the line is thin. At most one newest frame waits; nothing new is sent while an earlier one has been
 * unacknowledged for three seconds, or while the socket still holds unsent bytes. What was taken without a line comes after it,
 * a picture every three seconds, when nothing else waits.
 */

/** @typedef {{seq: number, at_ms: number, jpeg: ArrayBuffer, faces?: number | undefined}} Frame faces: as this browser counts */
/** @typedef {{every_ms: number, width: number}} Wish */
/** @typedef {{ok: boolean, chain?: number, ask?: string, pace?: Wish, code?: string, wanted?: boolean, mode?: string}} FrameAck */
/** @typedef {{width: number, everyMs: number, quality: number, most: number}} Pace how a picture is taken; most: bytes */
/** @typedef {import("/static/vendor/socket.io.esm.min.js").Socket} Socket */

/** A frame unacknowledged for this long stops the next ones. */
export const STALE_MS = 3000;
/** The page says that it is alive this often, so that a camera that fell silent can be told from a line that was lost. */
const BEAT_MS = 1000;
/** After this long without any acknowledgement the connection is taken for dead and made anew. */
const DEAD_MS = 20_000;
/** Pictures of a time without a line are at least so far apart. */
const LATE_MS = 3000;
/** And so much farther when the server has no room for them. */
const BUSY_MS = 20_000;
/** More unsent bytes than this: the line cannot keep up. */
const CROWDED_BYTES = 64_000;

/** An acknowledgement after more than this many ms is slow, after less than the other quick. */
const SLOW_MS = 1500;
const QUICK_MS = 600;
/** So many quick ones in a row, and the next better rung is tried. */
const QUICK_ACKS = 10;
/** Without a line a picture is taken so often. */
const ALONE_MS = 5000;

/** @type {[Pace, Pace, Pace, Pace]} from a good line to a bad one; economy begins at the second */
export const RUNGS = [
  { width: 320, everyMs: 1000, quality: 0.6, most: 1e9 },
  { width: 320, everyMs: 2500, quality: 0.4, most: 8500 },
  { width: 160, everyMs: 2500, quality: 0.5, most: 4000 },
  { width: 160, everyMs: ALONE_MS, quality: 0.4, most: 3000 },
];

/** How large and how often pictures are taken: by the line, by the learner's choice, by the server's wish. Pure. */
export class Ladder {
  economy = false;
  /** Whether there is a line. */
  up = true;
  /** @type {Wish | undefined} */
  wish;
  #rung = 0;
  #quick = 0;
  #took = 0;

  /** An acknowledgement took so long; Infinity: a picture found no place. @param {number} ms */
  note(ms) {
    this.#took = ms;
    this.#quick = ms < QUICK_MS ? this.#quick + 1 : 0;
    if (ms > SLOW_MS) this.#rung = Math.min(this.#rung + 1, RUNGS.length - 1);
    else if (this.#quick >= QUICK_ACKS) this.#rung = Math.max(this.#rung - 1, (this.#quick = 0));
  }

  /** @returns {Pace} */
  get pace() {
    const rung = RUNGS[this.up ? Math.max(this.#rung, Number(this.economy)) : 1] ?? RUNGS[0];
    const everyMs = Math.max(rung.everyMs, this.up ? (this.wish?.every_ms ?? 0) : ALONE_MS);
    const best = rung === RUNGS[0] && this.#took < QUICK_MS;
    const width = Math.min(this.wish?.width || rung.width, best ? 640 : RUNGS[0].width);
    return { ...(width > rung.width && !best ? RUNGS[1] : rung), everyMs, width };
  }
}

/**
 * Which frames may leave; pure bookkeeping.
 */
export class FrameGate {
  /** @type {Map<number, number>} seq -> monotonic ms of sending */
  #flying = new Map();
  /** @type {Frame | null} */
  #newest = null;

  /** Put a frame in the waiting place; whether an older one that waits there is dropped. @param {Frame} frame */
  offer(frame) {
    const full = this.#newest !== null;
    this.#newest = frame;
    return full;
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

  /** The connection is gone, and what flew with it: those numbers. */
  reset() {
    const gone = [...this.#flying.keys()];
    this.#flying.clear();
    return gone;
  }

  /** For how many ms the oldest frame has been unacknowledged; 0 when none is. @param {number} now */
  oldest(now) {
    const [first] = this.#flying.values();
    return first === undefined ? 0 : now - first;
  }
}

/** Fires "line" when `up` or `slow` changed, "changed" when the attempt did, "help" when the device may do a part of the watching. */
export class ProctorLink extends EventTarget {
  up = false;
  slow = false;
  #gate = new FrameGate();
  /** @type {Socket | null} */
  #socket = null;
  #cameraState = "";
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #beat;
  #lateAt = 0;
  /** @type {object | undefined} */
  #facts;
  #helped = false;
  /** What the learner is asked to do for a moment. @type {string | undefined} */
  ask;
  ladder = new Ladder();
  /** Counts the faces in a picture where the browser does that, so that most need not be sent. @type {((jpeg: ArrayBuffer) => Promise<number | undefined>) | undefined} */
  count;
  #chain;
  #idle;

  /**
   * @param {import("./chain.js").Chain} chain
   * @param {() => boolean} idle whether no answer waits for the line
   */
  constructor(chain, idle) {
    super();
    this.#chain = chain;
    this.#idle = idle;
  }

  async connect() {
    this.#socket = await join("/frames", 1000);
    this.#socket.on("connect", () => {
      this.#reset();
      this.#tellCamera();
      this.#tellFacts();
      this.#judge();
    });
    this.#socket.on("demand", ({ seq }) => {
      const kept = this.#chain.kept.get(seq);
      if (kept) kept.late = 2;
      else this.#socket?.emit("gone", { seq }, () => {});
    });
    this.#socket.on("disconnect", (reason) => {
      this.#reset();
      this.#judge();
      if (reason === "io server disconnect") setTimeout(() => this.#socket?.connect(), 5000 + Math.random() * 5000);
    });
    this.#beat = setInterval(() => this.#tellCamera(), BEAT_MS);
    this.#socket.on("changed", () => {
      if (this.#helped) this.#tellFacts(); // what the device may do as well, perhaps
      this.dispatchEvent(new Event("changed"));
    });
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
  async frame(seq, atMs, jpeg) {
    await this.#chain.add(seq, atMs, jpeg, !this.up);
    const faces = await this.count?.(jpeg);
    if (this.#gate.offer({ seq, at_ms: atMs, jpeg, faces }) && this.up) this.ladder.note(Infinity);
    this.#pump();
  }

  /** What is known of the camera; of its name only whether it is a virtual one's. @param {object} facts */
  facts(facts) {
    this.#facts = facts;
    this.#tellFacts();
  }

  #tellFacts() {
    if (!this.#facts || !this.#socket?.connected) return;
    this.#socket.emit("facts", this.#facts, (/** @type {{help?: object}} */ { help }) => {
      if (help) this.dispatchEvent(new CustomEvent("help", { detail: help }));
      this.#helped ||= !!help;
    });
  }

  /** Say something small, where there is a line. @param {string} name @param {object} body */
  tell(name, body) {
    if (this.#socket?.connected) this.#socket.emit(name, body, () => {});
  }

  /** What flew is lost with the connection, and comes later. */
  #reset() {
    for (const n of this.#gate.reset()) {
      const kept = this.#chain.kept.get(n);
      if (kept) kept.late ||= 1;
    }
  }

  /** After an acknowledgement nothing is on its way. */
  #trickle() {
    const { due } = this.#chain;
    const now = performance.now();
    if (!due || !this.#socket?.connected || this.#unsent() || now - this.#lateAt < LATE_MS || !this.#idle()) return;
    this.#lateAt = now;
    const [seq, { jpeg }] = due;
    this.#socket.emit("late", { seq }, jpeg, (/** @type {FrameAck} */ { code }) => {
      if (code?.endsWith("_too_fast")) this.#lateAt += BUSY_MS;
      else this.#chain.kept.delete(seq);
    });
  }

  /** What the socket holds. @returns {number} */
  #unsent() {
    return /** @type {any} */ (this.#socket?.io)?.engine?.transport.ws?.bufferedAmount ?? 0;
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
      this.#reset();
      socket.disconnect().connect();
      return;
    }
    const frame = this.#gate.take(now, this.#unsent());
    if (frame !== null) this.#send(socket, frame, now);
    this.#judge();
  }

  /**
   * @param {Socket} socket
   * @param {Frame} frame
   * @param {number} now
   */
  #send(socket, { seq, at_ms, jpeg, faces }, now) {
    const chain = this.#chain;
    const [digest, place] = chain.place(seq, (commit) => socket.emit("commit", commit, () => {}));
    const meta = { seq, at_ms, ...place };
    const done = (/** @type {FrameAck} */ ack) => {
      this.#gate.acknowledge(seq);
      chain.heard(ack.chain ?? 0);
      if (ack.ok && (faces === undefined || ack.wanted === undefined)) chain.kept.delete(seq);
      this.ladder.note(performance.now() - now);
      this.ladder.wish = ack.pace;
      this.ask = ack.ask;
      this.dispatchEvent(new Event("pace"));
      this.#trickle();
      this.#pump();
    };
    const send = () => socket.emit("frame", meta, jpeg, done);
    if (faces === undefined) send();
    else {
      socket.emit("claim", { ...meta, digest, faces }, (/** @type {FrameAck} */ ack) => {
        if (ack.mode === "full") this.count = undefined; // the server looks at every picture itself now
        if (ack.wanted) send();
        else done(ack);
      });
    }
  }

  #judge() {
    const up = this.#socket?.connected ?? false;
    const slow = this.#gate.oldest(performance.now()) > STALE_MS;
    if (up === this.up && slow === this.slow) return;
    this.up = this.ladder.up = up;
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
