// SPDX-License-Identifier: Apache-2.0
/** The camera and its line in the room. Loaded when the first question is usable; nothing here can touch an answer. */

import { Camera, isEconomy } from "./camera.js";
import { Chain } from "./chain.js";
import { ProctorLink } from "./proctor-link.js";
import { recall } from "./room-view.js";

/** Who types is asked for no movement; a card that is there stays. */
const IDLE_MS = 5000;

/**
 * @param {{view: import("./room-view.js").RoomView, holding: () => boolean, onChanged: () => void}} room
 * @returns {{rest(): void, wake(): void}}
 */
export function watch({ view, holding, onChanged }) {
  const link = new ProctorLink(new Chain(), () => !document.querySelector("[data-save]:not([hidden], [data-save=saved])"));
  const camera = new Camera((seq, atMs, jpeg) => link.frame(seq, atMs, jpeg), 640);
  let wasLost = false;
  let awake = false;
  /** @type {Promise<typeof import("./device-help.js")> | undefined} */
  let device;
  const assist = (/** @type {object} */ help) =>
    device?.then((loaded) => loaded.assist({ link, root: view.root }, awake ? help : {})).catch(() => (device = undefined)); // pictures are sent as before
  const spare = () => {
    const { connection } = /** @type {{connection?: {saveData?: boolean, effectiveType?: string}}} */ (/** @type {unknown} */ (navigator));
    link.ladder.economy = isEconomy(view.root.dataset.economy, recall("economy"), connection);
    camera.pace = link.ladder.pace;
  };
  const show = () => {
    const lost = camera.state === "ended" || camera.state === "denied";
    view.setBanner("camera-lost", holding() && camera.state === "ended");
    view.setBanner("camera-denied", holding() && camera.state === "denied");
    if (!holding()) view.setCamera(null);
    else if (lost || camera.state === "muted") view.setCamera("lost");
    else if (camera.state === "starting") view.setCamera("starting");
    else view.setCamera(link.up && !link.slow ? "on" : "waiting");
    if (lost && !wasLost) view.tell("cameraLost");
    if (wasLost && camera.state === "on") view.tell("cameraOn");
    wasLost = lost || (wasLost && camera.state !== "on");
  };
  camera.addEventListener("state", () => {
    if (camera.state !== "starting") link.camera(camera.state);
    if (camera.state === "on") void camera.facts().then((facts) => link.facts(facts));
    show();
  });
  link.addEventListener("line", () => {
    show();
    camera.pace = link.ladder.pace;
  });
  let typedAt = -IDLE_MS;
  /** @type {string | undefined} */
  let shown;
  view.root.addEventListener("input", () => (typedAt = performance.now()));
  link.addEventListener("pace", () => {
    camera.pace = link.ladder.pace;
    if (link.ask === shown || (link.ask && performance.now() - typedAt < IDLE_MS)) return;
    shown = link.ask;
    for (const way of ["turn_left", "turn_right"]) view.setBanner(way, shown === way);
    if (shown) link.tell("shown", {});
  });
  link.addEventListener("changed", onChanged);
  link.addEventListener("help", (event) => {
    const { module, ...help } = /** @type {CustomEvent} */ (event).detail;
    if (module) device ??= import(module);
    assist(help);
  });
  view.root.addEventListener("economy", spare);
  for (const button of view.root.querySelectorAll("[data-camera-retry]")) {
    button.addEventListener("click", () => void camera.start());
  }
  addEventListener("pagehide", () => camera.stop());
  addEventListener("pageshow", (event) => {
    if (event.persisted && holding()) void camera.start();
  });
  const eyes = {
    rest() {
      awake = false;
      assist({}); // and the microphone
      camera.stop();
      link.close();
      show();
    },
    wake() {
      awake = true;
      spare();
      void camera.start();
      void link.connect();
    },
  };
  if (holding()) eyes.wake();
  return eyes;
}
