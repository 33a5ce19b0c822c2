// SPDX-License-Identifier: Apache-2.0
/**
 * One window of this browser at a time: the windows share a journal, so only the one that holds the lock may write to it.
 * Other devices are kept apart by the server's lease.
 */

export class TabLock {
  /** @type {string} */
  #name;
  /** @type {() => void} called when another window took the lock away */
  #onLost;

  /**
   * @param {string} name
   * @param {() => void} onLost
   */
  constructor(name, onLost) {
    this.#name = name;
    this.#onLost = onLost;
  }

  /**
   * Take the lock and keep it while this page lives.
   * @param {{steal?: boolean}} [how] steal: take it away from another window
   * @returns {Promise<boolean>} whether this window has it
   */
  take({ steal = false } = {}) {
    const { locks } = navigator;
    if (!locks) return Promise.resolve(true); // an old browser: the server's lease still decides
    return new Promise((resolve) => {
      locks
        .request(this.#name, steal ? { steal } : { ifAvailable: true }, (lock) => {
          resolve(lock !== null);
          return lock === null ? undefined : new Promise(() => {});
        })
        .catch(() => this.#onLost());
    });
  }
}
