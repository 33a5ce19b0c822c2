// SPDX-License-Identifier: Apache-2.0
/**
 * What a plot is made of, as the page says it: plain numbers and words, no colours and no drawing. Words are in the reader's language already.
 */

/**
 * @typedef {{label: string, unit: string, categories?: string[], min?: number, max?: number, whole?: boolean}} Axis
 * `unit` is "share" (0 to 1, shown in per cent), "%" or a word that stands behind the number; `categories` name the whole numbers from 0 on; `whole`: it counts.
 * @typedef {(number | null)[]} Point x, y and, where it is known, the lower and the upper end of where y (of an interval: x) may lie
 * @typedef {{label: string, kind?: string, points: Point[], names?: string[], colour?: number}} Series `names` are parallel to the points; `colour` 1 to 8
 * @typedef {{axis: "x" | "y", at: number, label: string}} Mark a line that the eye should compare with
 * @typedef {"lines" | "points" | "bars" | "heat" | "interval" | "people_items" | "bands"} PlotType
 * @typedef {{id: string, type: PlotType, title: string, x: Axis, y: Axis, value?: Axis, series: Series[], marks: Mark[]}} Plot
 * @typedef {{at: string, low: string, high: string, none: string}} Words
 */

/** Most series that are shown at once before anybody chooses. */
export const SHOWN_AT_FIRST = 6;
/** Colours that can be told from each other; further series begin again with another dash. */
export const COLOURS = 8;
export const DASHES = [[], [7, 4], [2, 3], [10, 3, 2, 3]];
export const SHAPES = /** @type {const} */ (["circle", "triangle", "rect", "rectRot", "crossRot", "star"]);

/** @param {number} place @returns {number[]} */
export function dashOf(place) {
  return DASHES[(place + Math.floor(place / COLOURS)) % DASHES.length] ?? [];
}

/**
 * A number as people read it: enough digits to tell neighbours apart, and no more.
 * @param {number | null | undefined} value
 * @param {string} unit
 * @param {string} none what stands for a value that is not there
 */
export function numberText(value, unit, none = "–") {
  if (value === null || value === undefined) return none;
  const language = document.documentElement.lang || "en";
  if (unit === "share") {
    return new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 }).format(value);
  }
  const size = Math.abs(value);
  const digits = Number.isInteger(value) ? 0 : size < 0.1 ? 4 : size < 10 ? 2 : 1;
  const text = new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);
  return unit ? `${text} ${unit}` : text;
}

/** @param {Axis} axis @param {number | null | undefined} value */
export function axisText(axis, value) {
  if (axis.categories && value !== null && value !== undefined) {
    return axis.categories[Math.round(value)] ?? "";
  }
  return numberText(value, axis.unit);
}

/**
 * One point in words: what a mouse, the arrow keys and a screen reader get.
 * @param {Plot} plot
 * @param {number} series
 * @param {number} place
 * @param {Words} words
 * @returns {string[]} lines
 */
export function pointLines(plot, series, place, words) {
  const chosen = plot.series[series];
  const point = chosen?.points[place];
  if (!chosen || !point) return [];
  const [x, y, low, high] = point;
  const name = chosen.names?.[place] ?? "";
  if (plot.type === "heat") {
    const scale = plot.value ?? { label: "", unit: "share" };
    const value = low === null || low === undefined ? words.none : numberText(low, scale.unit);
    return [axisText(plot.y, y), `${axisText(plot.x, x)}: ${value}`];
  }
  const ends = (/** @type {string} */ unit) =>
    low === null || low === undefined || high === null || high === undefined
      ? ""
      : ` (${words.low} ${numberText(low, unit)}, ${words.high} ${numberText(high, unit)})`;
  if (plot.type === "interval") {
    return [[axisText(plot.y, y), chosen.label].filter(Boolean).join(", "), `${plot.x.label}: ${axisText(plot.x, x)}${ends(plot.x.unit)}`];
  }
  const lines = [name || chosen.label || axisText(plot.x, x)];
  if (plot.type === "people_items") {
    lines.push(`${plot.x.label}: ${axisText(plot.x, x)}`);
    if (series === 0) lines.push(`${plot.y.label}: ${axisText(plot.y, y)}`);
    return lines;
  }
  if (name && chosen.label) lines.push(chosen.label);
  lines.push(`${plot.x.label}: ${axisText(plot.x, x)}`, `${plot.y.label}: ${axisText(plot.y, y)}${ends(plot.y.unit)}`);
  return lines;
}

/** The smallest and largest of some numbers; [0, 1] where there are none. @param {(number | null | undefined)[]} values @returns {[number, number]} */
export function rangeOf(values) {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value === null || value === undefined) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low > high ? [0, 1] : [low, high];
}
