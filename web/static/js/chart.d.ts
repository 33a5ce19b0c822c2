// SPDX-License-Identifier: Apache-2.0
// The plot library is a classic script: it puts one name into the page.
import type * as ChartJs from "chart.js";
import type * as helpers from "chart.js/helpers";

declare global {
  var Chart: typeof ChartJs.Chart & { helpers: typeof helpers };
}
