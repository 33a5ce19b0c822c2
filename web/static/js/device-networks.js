// SPDX-License-Identifier: Apache-2.0
/**
 * Networks on the learner's own device, beside the page: no answer ever waits for them. Faces are counted on pictures that the page
 * hands over; of sound only the likelihood of speech leaves here, 32 ms by 32 ms, and then only as spans.
 */

import { HEIGHT, WIDTH, count, planes } from "./face-count.js";
import { STEP, Spans } from "./speech-spans.js";

/** @typedef {{runtime: string, glue: string, code: string, faces?: string, voice?: string}} Files where to fetch what */

const RATE = 16_000;
/** Samples of the step before that the voice network wants in front of each. */
const BEFORE = 64;

/** @type {any} */
let ort;
/** @type {any} */
let faces;
const canvas = new OffscreenCanvas(WIDTH, HEIGHT);
const context = canvas.getContext("2d", { willReadFrequently: true });

/** @param {Files} files @param {string} network */
async function load(files, network) {
  if (!ort) {
    ort = await import(files.runtime);
    Object.assign(ort.env.wasm, { numThreads: 1, proxy: false, wasmPaths: { mjs: files.glue, wasm: files.code } });
    ort.env.logLevel = "error";
  }
  return ort.InferenceSession.create(network, { executionProviders: ["wasm"], intraOpNumThreads: 1 });
}

/** @param {ArrayBuffer} jpeg @returns {Promise<number | null>} */
async function look(jpeg) {
  const bitmap = await createImageBitmap(new Blob([jpeg], { type: "image/jpeg" }));
  context?.drawImage(bitmap, 0, 0, WIDTH, HEIGHT);
  bitmap.close();
  const pixels = /** @type {ImageData} */ (context?.getImageData(0, 0, WIDTH, HEIGHT)).data;
  const input = new ort.Tensor("float32", planes(pixels), [1, 3, HEIGHT, WIDTH]);
  const { scores, boxes } = await faces.run({ input });
  return count(scores.data, boxes.data);
}

/** Tell of speech as long as the page lives. @param {any} network @param {MessagePort} sound */
function listen(network, sound) {
  const spans = new Spans();
  const heard = new Float32Array(BEFORE + STEP);
  let state = new ort.Tensor("float32", new Float32Array(256), [2, 1, 128]);
  const rate = new ort.Tensor("int64", BigInt64Array.of(BigInt(RATE)), []);
  let [steps, turn] = [0, Promise.resolve()];
  sound.onmessage = ({ data }) => {
    turn = turn.then(async () => {
      heard.set(data, BEFORE);
      const input = new ort.Tensor("float32", heard.slice(), [1, BEFORE + STEP]);
      const done = await network.run({ input, state, sr: rate });
      state = done.stateN;
      heard.copyWithin(0, STEP);
      if (!steps++) postMessage({ kind: "hears" });
      const span = spans.add(done.output.data[0]);
      if (span) postMessage({ kind: "speech", ago: steps * 32 - span.to, lasted: span.to - span.from });
    }).catch(() => postMessage({ kind: "deaf" }));
  };
}

onmessage = async ({ data, ports }) => {
  try {
    if (data.kind === "faces") {
      faces = await load(data.files, data.files.faces);
      postMessage({ kind: "sees" });
    } else if (data.kind === "look") {
      postMessage({ kind: "seen", id: data.id, faces: await look(data.jpeg) });
    } else if (data.kind === "voice") {
      listen(await load(data.files, data.files.voice), /** @type {MessagePort} */ (ports[0]));
    }
  } catch {
    postMessage({ kind: data.kind === "voice" ? "deaf" : "blind", id: data.id });
  }
};
