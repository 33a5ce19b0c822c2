// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { isEconomy, isVirtual } from "../../web/static/js/camera.js";

test("the page decides first, then the learner, then the browser's knowledge of its line", () => {
  assert.equal(isEconomy("yes", "no", undefined), true);
  assert.equal(isEconomy("no", "", { saveData: true }), false);
  assert.equal(isEconomy("auto", "no", { effectiveType: "2g" }), false);
  assert.equal(isEconomy("auto", "yes", { effectiveType: "4g" }), true);
  assert.equal(isEconomy("auto", "", { saveData: true, effectiveType: "4g" }), true);
  assert.equal(isEconomy("auto", "", { effectiveType: "3g" }), true);
  assert.equal(isEconomy("auto", "", { effectiveType: "4g" }), false);
  assert.equal(isEconomy(undefined, "", undefined), false);
});

test("cameras that a program makes up are told by their name, and a phone that serves as one is none", () => {
  for (const name of ["OBS Virtual Camera", "ManyCam Virtual Webcam", "Snap Camera", "XSplit VCam", "v4l2 Virtual (0000)"]) assert.ok(isVirtual(name), name);
  for (const name of ["", "Integrated Webcam_HD (0c45:6717)", "FaceTime HD", "HP TrueVision", "DroidCam", "Jobs cam"]) assert.ok(!isVirtual(name), name);
});
