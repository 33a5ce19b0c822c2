// SPDX-License-Identifier: Apache-2.0
/**
 * What the learner's own device does for the watching, where the sitting's plan asks for it: it counts faces, so that most pictures need
 * not be sent, and it notes from when to when speech can be heard, where the learner agreed to that. Loaded long after the first
 * question is usable, and not on a thin or dear line. Nothing of it is trusted: the server looks at pictures of its own choice.
 */

import { isEconomy } from "./camera.js";
import { recall } from "./room-view.js";

/** @typedef {import("./device-networks.js").Files & {worker: string, worklet: string}} Help */
/** @typedef {{link: import("./proctor-link.js").ProctorLink, root: HTMLElement}} Room */

/** A device that needs longer for a picture sends pictures instead. */
const SLOW_MS = 400;
/** So many pictures it is measured over, after the first ones, which are slow everywhere. */
const [FIRST, MEASURED] = [2, 5];
/** So many acknowledgements in a row on the best rung, and the line is good enough to fetch some megabytes over it. */
const GOOD_ACKS = 8;
/** A picture that is not counted after this is sent. */
const LONGEST_MS = 2000;
/** Spans of speech that wait for a line. */
const MOST_WAITING = 200;

/** @type {DeviceHelp | undefined} */
let helping;

/**
 * The server says what the device may do; again after each connection, and when the learner took a consent back. What is not asked
 * for any more ends at once, and the microphone with it.
 * @param {Room} room @param {Partial<Help>} help nothing: all of it is over
 */
export function assist(room, help) {
  if (helping && !("voice" in help)) helping.unhear();
  if ("worker" in help) {
    helping ??= new DeviceHelp(room, /** @type {Help} */ (help));
    helping.report();
  } else {
    helping?.stop();
    helping = undefined;
  }
}

class DeviceHelp {
  #link;
  #help;
  #root;
  /** @type {Worker | undefined} */
  #worker;
  /** @type {Map<number, (faces: number | undefined) => void>} */
  #asked = new Map();
  /** @type {number[]} */
  #times = [];
  #looks = 0;
  /** @type {Map<string, {what: string, able: boolean, why: string, ms: number}>} what the server is to know */
  #told = new Map();
  /** @type {{at: number, lasted: number}[]} */
  #speech = [];
  /** @type {MediaStream | undefined} */
  #sound;
  /** @type {AudioContext | undefined} */
  #context;
  /** Its signal takes every listener away. */
  #over = new AbortController();

  /** @param {Room} room @param {Help} help */
  constructor({ link, root }, help) {
    this.#link = link;
    this.#help = help;
    this.#root = root;
    let good = 0;
    const { signal } = this.#over;
    const judge = () => {
      good = this.#dear() ? 0 : good + 1;
      if (good < GOOD_ACKS) return;
      link.removeEventListener("pace", judge);
      void this.#begin();
    };
    const why = this.#dear() ? "line" : "waiting";
    for (const what of ["faces", "voice"]) if (what in help) this.#told.set(what, { what, able: false, why, ms: 0 });
    link.addEventListener("pace", judge, { signal });
    link.addEventListener("line", () => this.#sendSpeech(), { signal });
    addEventListener("pagehide", () => this.#hush(), { signal });
  }

  /** No speech is noted any more: what was heard and not sent is forgotten. */
  unhear() {
    this.#told.delete("voice");
    this.#speech = [];
    this.#hush();
  }

  /** Nothing is done any more. */
  stop() {
    this.#over.abort();
    this.unhear();
    this.#told.clear();
    this.#blind("");
    this.#worker?.terminate();
  }

  /** Say again what holds: a new connection, perhaps of a new server. */
  report() {
    for (const one of this.#told.values()) this.#link.tell("helps", one);
    this.#sendSpeech();
  }

  /** Whether the line is thin, or counted by the megabyte. */
  #dear() {
    const { connection } = /** @type {{connection?: {saveData?: boolean, effectiveType?: string, type?: string}}} */ (/** @type {unknown} */ (navigator));
    const { ladder } = this.#link;
    return connection?.type === "cellular" || ladder.pace.quality < 0.6 || isEconomy(this.#root.dataset.economy, recall("economy"), connection);
  }

  async #begin() {
    const help = this.#help;
    const worker = (this.#worker = new Worker(help.worker, { type: "module" }));
    worker.onmessage = ({ data }) => this.#hear(data);
    worker.onerror = () => {
      this.#blind("failed");
      this.#deaf("failed");
    };
    if ("faces" in help) worker.postMessage({ kind: "faces", files: files(help) });
    if (this.#told.has("voice")) await this.#listen(worker);
  }

  /** @param {{kind: string, id?: number, faces?: number | null, ago?: number, lasted?: number}} said */
  #hear({ kind, id = 0, faces, ago = 0, lasted = 0 }) {
    if (kind === "sees") this.#link.count = (jpeg) => this.#count(jpeg);
    else if (kind === "blind") this.#blind("failed");
    else if (kind === "hears" && this.#sound) this.#tell("voice", true);
    else if (kind === "deaf") this.#deaf("failed");
    else if (kind === "seen") this.#asked.get(id)?.(faces ?? undefined);
    else if (kind === "speech" && this.#told.has("voice")) {
      this.#speech.push({ at: performance.now() - ago, lasted });
      this.#sendSpeech();
    }
  }

  /** The faces in a picture where the device is sure of one; all else the server is to see. @param {ArrayBuffer} jpeg */
  async #count(jpeg) {
    if (!this.#link.up) return undefined; // it is kept, and sent later
    const id = ++this.#looks;
    const began = performance.now();
    const faces = await new Promise((/** @type {(faces: number | undefined) => void} */ done) => {
      this.#asked.set(id, done);
      this.#worker?.postMessage({ kind: "look", id, jpeg });
      setTimeout(() => done(undefined), LONGEST_MS);
    });
    this.#asked.delete(id);
    if (!this.#quick(id, performance.now() - began)) return undefined;
    return faces === 1 ? faces : undefined;
  }

  /** Measure the device; whether it may go on. @param {number} id @param {number} ms */
  #quick(id, ms) {
    if (id <= FIRST) return false;
    this.#times = [...this.#times, ms].slice(-MEASURED);
    const middle = [...this.#times].sort((a, b) => a - b)[this.#times.length >> 1] ?? 0;
    if (this.#times.length < MEASURED) return false;
    if (middle > SLOW_MS) {
      this.#blind("slow", middle);
      return false;
    }
    if (!this.#told.get("faces")?.able) this.#tell("faces", true, "", middle);
    return true;
  }

  /** From now on the server sees every picture. @param {string} why @param {number} ms */
  #blind(why, ms = 0) {
    this.#link.count = undefined;
    for (const done of this.#asked.values()) done(undefined);
    this.#tell("faces", false, why, ms);
  }

  /** @param {Worker} worker */
  async #listen(worker) {
    const { signal } = this.#over;
    try {
      const sound = (this.#sound = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: false, autoGainControl: true } }));
      const context = (this.#context = new AudioContext({ sampleRate: 16_000 }));
      if (this.#told.has("voice")) await context.audioWorklet.addModule(this.#help.worklet);
      if (!this.#told.has("voice")) return this.#hush(); // taken back meanwhile
      const steps = new AudioWorkletNode(context, "steps", { numberOfOutputs: 0 });
      const { port1, port2 } = new MessageChannel();
      steps.port.postMessage("", [port1]);
      worker.postMessage({ kind: "voice", files: files(this.#help) }, [port2]);
      context.createMediaStreamSource(sound).connect(steps);
      sound.getAudioTracks()[0]?.addEventListener("ended", () => this.#deaf("ended"));
      const resume = () => void (context.state === "suspended" && context.resume());
      for (const name of ["pointerdown", "keydown"]) addEventListener(name, resume, { signal }); // some browsers wait for one
      await context.resume();
    } catch (error) {
      this.#deaf(error instanceof DOMException && error.name === "NotAllowedError" ? "refused" : "failed");
    }
  }

  /** @param {string} why */
  #deaf(why) {
    this.#hush();
    this.#tell("voice", false, why);
  }

  /** The microphone is let go. */
  #hush() {
    for (const track of this.#sound?.getTracks() ?? []) track.stop();
    void this.#context?.close();
    this.#sound = this.#context = undefined;
  }

  #sendSpeech() {
    this.#speech = this.#speech.slice(-MOST_WAITING);
    while (this.#link.up && this.#speech.length > 0) {
      const { at, lasted } = /** @type {{at: number, lasted: number}} */ (this.#speech.shift());
      this.#link.tell("speech", { ago_ms: Math.max(0, Math.round(performance.now() - at)), lasted_ms: lasted });
    }
  }

  /** What is not asked for is not told. @param {string} what @param {boolean} able @param {string} why @param {number} ms for a picture */
  #tell(what, able, why = "", ms = 0) {
    if (!this.#told.has(what)) return;
    const one = { what, able, why, ms: Math.round(ms) };
    this.#told.set(what, one);
    this.#link.tell("helps", one);
  }
}

/** @param {Help} help @returns {import("./device-networks.js").Files} */
const files = ({ runtime, glue, code, faces, voice }) => ({ runtime, glue, code, ...(faces && { faces }), ...(voice && { voice }) });
