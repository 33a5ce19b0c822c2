// SPDX-License-Identifier: Apache-2.0
/** Cuts the microphone's sound into steps and hands them to the worker, past the page: nobody else gets them, nothing keeps them. */

const STEP = 512;

class Steps extends /** @type {any} */ (globalThis).AudioWorkletProcessor {
  /** @type {MessagePort | undefined} */
  #worker;
  #step = new Float32Array(STEP);
  #filled = 0;

  constructor() {
    super();
    this.port.onmessage = (/** @type {MessageEvent} */ { ports }) => (this.#worker = ports[0]);
  }

  /** @param {Float32Array[][]} inputs */
  process(inputs) {
    const heard = inputs[0]?.[0];
    if (!heard || !this.#worker) return true;
    for (const sample of heard) {
      this.#step[this.#filled++] = sample;
      if (this.#filled < STEP) continue;
      this.#worker.postMessage(this.#step, [this.#step.buffer]);
      this.#step = new Float32Array(STEP);
      this.#filled = 0;
    }
    return true;
  }
}

/** @type {any} */ (globalThis).registerProcessor("steps", Steps);
