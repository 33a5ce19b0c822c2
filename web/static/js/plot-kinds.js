// SPDX-License-Identifier: Apache-2.0
/**
 * From the plot of a report to what the plot library draws: one function a type. Colours come in as an argument, so that a plot can be drawn anew in
 * others. No event and no element belongs here.
 */

import { axisText, COLOURS, dashOf, numberText, rangeOf, SHAPES } from "./plot-data.js";

/** @typedef {import("./plot-data.js").Plot} Plot */
/** @typedef {import("./plot-data.js").Axis} Axis */
/** @typedef {import("./plot-data.js").Series} Series */
/** @typedef {import("chart.js").ChartConfiguration} Configuration */
/** @typedef {{ink: string, ink2: string, line: string, surface: string, font: string, low: string, high: string, none: string, series: string[]}} Ink */
/** @typedef {{x: number, y: number | [number, number], place: number, low?: number, high?: number}} Dot `place` is the point's place in its series */
/** @typedef {{series: number, whiskers?: "x" | "y", labels?: boolean}} Extra */

const TEXT = 13;
/** So far a point may lie over the edge: half of it is beyond where its value is the end of the scale. */
const EDGE = 8;
const MANY_DOTS = 120;
const LABELLED_ITEMS = 60;

/** @param {Plot} plot @param {Ink} ink @returns {Configuration} */
export function configuration(plot, ink) {
  const made = MAKERS[plot.type](plot, ink);
  return /** @type {Configuration} */ (/** @type {unknown} */ ({
    type: "scatter",
    data: { datasets: made.datasets },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      parsing: false,
      normalized: false,
      font: { family: ink.font, size: TEXT },
      color: ink.ink2,
      layout: { padding: { top: plot.marks.some((mark) => mark.axis === "x") ? 20 : 6, right: 12 } },
      interaction: { mode: "nearest", intersect: false, axis: plot.type === "lines" || plot.type === "bands" ? "xy" : undefined },
      scales: made.scales,
      plugins: { legend: { display: false }, tooltip: { enabled: false }, filler: { propagate: false } },
    },
  }));
}

/** How high the drawing is, in pixels: lists of rows grow. @param {Plot} plot @param {number} width */
export function heightOf(plot, width) {
  const rows = plot.y.categories?.length ?? 0;
  if (plot.type === "interval" || plot.type === "heat") return Math.min(Math.max(rows * 26 + 90, 180), 6000);
  if (plot.type === "people_items") return width < 480 ? 480 : 560;
  return width < 480 ? 280 : 360;
}

/**
 * @param {Axis} axis
 * @param {Ink} ink
 * @param {Record<string, unknown>} [more]
 */
function scale(axis, ink, more = {}) {
  const names = axis.categories;
  return {
    type: "linear",
    title: { display: axis.label !== "", text: axis.label, color: ink.ink2, font: { family: ink.font, size: TEXT, weight: "600" } },
    border: { color: ink.line },
    offset: false,
    grid: { color: ink.line, drawTicks: false, display: !names, offset: false },
    ...(names
      ? { min: -0.5, max: Math.max(names.length - 0.5, 0.5), afterBuildTicks: wholeTicks(names.length) }
      : { ...(axis.min === undefined ? {} : { min: axis.min }), ...(axis.max === undefined ? {} : { max: axis.max }) }),
    ticks: {
      color: ink.ink2,
      padding: 6,
      autoSkip: true,
      maxRotation: 50,
      ...(axis.whole ? { precision: 0 } : {}),
      font: { family: ink.font, size: TEXT },
      callback: (/** @type {number} */ value) => shortened(axisText({ ...axis, unit: axis.unit === "share" || axis.unit === "%" ? axis.unit : "" }, value)),
    },
    ...more,
  };
}

/** @param {number} count */
function wholeTicks(count) {
  return (/** @type {{ticks: {value: number}[]}} */ made) => {
    made.ticks = Array.from({ length: count }, (_, value) => ({ value }));
  };
}

/** @param {string} text */
function shortened(text) {
  return text.length > 22 ? `${text.slice(0, 21)}…` : text;
}

/** @param {Ink} ink @param {number} place */
function colour(ink, place) {
  return ink.series[place % COLOURS] ?? ink.ink;
}

/** The points from left to right: the library takes the ends of its scale from the first and the last. @param {Series} series @returns {Dot[]} */
function dots(series) {
  const all = series.points.flatMap(([x, y, low, high], place) =>
    x === null || x === undefined
      ? []
      : [{ x, y: /** @type {number} */ (y ?? NaN), place, ...(low === null || high === null ? {} : { low, high }) }],
  );
  return all.sort((one, other) => one.x - other.x);
}

/** How far a scale must reach so that every whisker is on the drawing. @param {Plot} plot */
function reach(plot) {
  const ends = plot.series.flatMap((series) => series.points.flatMap(([, y, low, high]) => (low === undefined || high === undefined ? [] : [y, low, high])));
  if (!ends.length) return {};
  const [suggestedMin, suggestedMax] = rangeOf(ends);
  return { suggestedMin, suggestedMax };
}

/** @param {string} text a colour @param {number} share how much of it stays */
function faint(text, share) {
  return globalThis.Chart.helpers.color(text).alpha(share).rgbString();
}

/** @param {Plot} plot @param {Ink} ink */
function curves(plot, ink) {
  const banded = plot.type === "bands";
  const datasets = plot.series.flatMap((series, number) => {
    const stroke = colour(ink, number);
    const all = dots(series);
    const few = all.length <= 12;
    /** @type {Record<string, unknown>[]} */
    const made = [
      {
        type: series.kind === "points" ? "scatter" : "line",
        data: all,
        extra: { series: number },
        borderColor: stroke,
        backgroundColor: stroke,
        borderWidth: 2,
        borderDash: dashOf(number),
        pointStyle: SHAPES[number % SHAPES.length],
        pointRadius: few || series.kind === "points" ? 4 : 0,
        clip: EDGE,
        pointHitRadius: 8,
        spanGaps: false,
        order: 1,
      },
    ];
    const ends = all.filter((dot) => dot.low !== undefined && dot.high !== undefined);
    if (ends.length && series.kind !== "points" && (banded || plot.series.length <= 3)) {
      const edge = { type: "line", borderWidth: 0, pointRadius: 0, pointHitRadius: 0, extra: { series: number, edge: true }, order: 3 };
      made.push(
        { ...edge, data: ends.map((dot) => ({ ...dot, y: dot.low })), fill: false },
        { ...edge, data: ends.map((dot) => ({ ...dot, y: dot.high })), fill: "-1", backgroundColor: faint(stroke, 0.18) },
      );
    } else if (ends.length && few) {
      /** @type {Extra} */ (made[0]?.extra).whiskers = "y";
    }
    return made;
  });
  return { datasets, scales: { x: scale(plot.x, ink), y: scale(plot.y, ink, reach(plot)) } };
}

/** Shares of a whole, one upon the other, for each name on the axis. @param {Plot} plot @param {Ink} ink */
function stacked(plot, ink) {
  const shown = { stack: "whole", borderColor: ink.surface, borderWidth: 1, maxBarThickness: 72 };
  const datasets = plot.series.map((series, number) => ({ type: "bar", data: dots(series), extra: { series: number }, backgroundColor: colour(ink, (series.colour ?? number + 1) - 1), ...shown }));
  return { datasets, scales: { x: scale(plot.x, ink, { stacked: true }), y: scale({ min: 0, max: 1, ...plot.y }, ink, { stacked: true }) } };
}

/** @param {Plot} plot @param {Ink} ink */
function scatter(plot, ink) {
  const datasets = plot.series.map((series, number) => ({
    type: series.kind === "line" ? "line" : "scatter",
    data: dots(series),
    extra: { series: number, whiskers: series.points.some((point) => point.length > 3) ? "y" : undefined },
    borderColor: colour(ink, number),
    backgroundColor: series.points.length > MANY_DOTS ? faint(colour(ink, number), 0.45) : colour(ink, number),
    borderWidth: series.kind === "line" ? 2 : 1,
    borderDash: series.kind === "line" ? dashOf(number) : [],
    pointStyle: SHAPES[number % SHAPES.length],
    pointRadius: series.kind === "line" ? 0 : series.points.length > MANY_DOTS ? 3 : 5,
    clip: EDGE,
    pointHitRadius: 6,
  }));
  return { datasets, scales: { x: scale(plot.x, ink, { grace: "4%" }), y: scale(plot.y, ink, { grace: "4%", ...reach(plot) }) } };
}

/** @param {Plot} plot @param {Ink} ink */
function bars(plot, ink) {
  const datasets = plot.series.map((series, number) =>
    series.kind === "line" || series.kind === "points"
      ? { ...scatter({ ...plot, series: [series] }, ink).datasets[0], extra: { series: number }, borderColor: colour(ink, number), backgroundColor: colour(ink, number), order: 0 }
      : {
          type: "bar",
          data: dots(series),
          extra: { series: number, whiskers: series.points.some((point) => point.length > 3) ? "y" : undefined },
          backgroundColor: colour(ink, number),
          borderColor: ink.surface,
          borderWidth: 1,
          maxBarThickness: 48,
          order: 1,
        },
  );
  return { datasets, scales: { x: scale(plot.x, ink, { offset: !plot.x.categories }), y: scale(plot.y, ink, { beginAtZero: true, ...reach(plot) }) } };
}

/** @param {Plot} plot @param {Ink} ink */
function interval(plot, ink) {
  const several = plot.series.length;
  const datasets = plot.series.map((series, number) => ({
    type: "scatter",
    data: dots(series).map((dot) => ({ ...dot, y: /** @type {number} */ (dot.y) + (several > 1 ? (number / (several - 1) - 0.5) * 0.5 : 0) })),
    extra: { series: number, whiskers: "x" },
    borderColor: colour(ink, number),
    backgroundColor: colour(ink, number),
    borderWidth: 2,
    pointStyle: SHAPES[number % SHAPES.length],
    pointRadius: 5,
    pointHitRadius: 8,
  }));
  const wide = rangeOf([...plot.series.flatMap((series) => series.points.flatMap(([x, , low, high]) => [x, low, high])), ...plot.marks.map((mark) => mark.at)]);
  const room = (wide[1] - wide[0]) * 0.05 || 0.5;
  const reach = { suggestedMin: plot.x.min ?? wide[0] - room, suggestedMax: plot.x.max ?? wide[1] + room };
  return { datasets, scales: { x: scale(plot.x, ink, reach), y: scale(plot.y, ink, { reverse: true }) } };
}

/** @param {Plot} plot @param {Ink} ink */
function heat(plot, ink) {
  const series = plot.series[0] ?? { label: "", points: [] };
  const meaning = plot.value ?? { label: "", unit: "share", min: 0, max: 1 };
  const [least, most] = [meaning.min, meaning.max].includes(undefined) ? rangeOf(series.points.map((point) => point[2])) : [meaning.min ?? 0, meaning.max ?? 1];
  const paint = globalThis.Chart.helpers.color;
  const shade = (/** @type {number | null | undefined} */ value) =>
    value === null || value === undefined
      ? ink.none
      : // The weight is that of the colour which is mixed into: more of the high one for a high value.
        paint(ink.high).mix(paint(ink.low), Math.min(Math.max((value - least) / (most - least || 1), 0), 1)).rgbString();
  const data = series.points.map(([x, y, value], place) => {
    const [start, end] = [(y ?? 0) - 0.5, (y ?? 0) + 0.5];
    // The form into which the library itself parses a bar that floats.
    return { x, y: end, _custom: { barStart: start, barEnd: end, start, end, min: start, max: end }, place, value: value ?? null };
  });
  const dataset = {
    type: "bar",
    data,
    extra: { series: 0, cells: true, unit: meaning.unit },
    backgroundColor: data.map((cell) => shade(cell.value)),
    borderColor: ink.surface,
    borderWidth: 1,
    borderSkipped: false,
    grouped: false,
    barPercentage: 1,
    categoryPercentage: 1,
  };
  return { datasets: [dataset], scales: { x: scale(plot.x, ink, { position: "top" }), y: scale(plot.y, ink, { reverse: true }) } };
}

/** @param {Plot} plot @param {Ink} ink */
function wright(plot, ink) {
  const [people, items] = [plot.series[0], plot.series[1]];
  const middles = (people?.points ?? []).map((point) => point[0] ?? 0);
  const difficulties = (items?.points ?? []).map((point) => point[0] ?? 0);
  const [low, high] = rangeOf([...middles, ...difficulties]);
  const room = (high - low) * 0.05 || 0.5;
  const step = (high - low + 2 * room) / 28;
  /** @type {Map<number, number>} */
  const filled = new Map();
  const placed = difficulties.map((at, place) => {
    const row = Math.round(at / step);
    const column = filled.get(row) ?? 0;
    filled.set(row, column + 1);
    return { x: column, y: at, place };
  });
  const most = Math.max(...filled.values(), 1);
  const datasets = [
    { type: "bar", indexAxis: "y", xAxisID: "people", yAxisID: "y", data: middles.map((at, place) => ({ x: people?.points[place]?.[1] ?? 0, y: at, place })), extra: { series: 0 }, backgroundColor: colour(ink, 0), borderColor: ink.surface, borderWidth: 1, barPercentage: 1, categoryPercentage: 0.94, barThickness: "flex" },
    { type: "scatter", xAxisID: "items", yAxisID: "y", data: placed, extra: { series: 1, labels: difficulties.length <= LABELLED_ITEMS }, backgroundColor: colour(ink, 1), borderColor: colour(ink, 1), pointStyle: "rectRot", pointRadius: 5, pointHitRadius: 8 },
  ];
  const half = { position: "bottom", stack: "halves", stackWeight: 1 };
  const scales = {
    y: scale({ ...plot.x, min: Math.floor(low - room), max: Math.ceil(high + room) }, ink),
    people: scale({ ...plot.y, label: people?.label ?? "" }, ink, { ...half, axis: "x", reverse: true, beginAtZero: true }),
    items: scale({ label: items?.label ?? "", unit: "", min: -0.5, max: Math.max(most + 0.5, 3) }, ink, { ...half, axis: "x", ticks: { display: false }, grid: { display: false, offset: false } }),
  };
  return { datasets, scales };
}

/** @type {Record<import("./plot-data.js").PlotType, (plot: Plot, ink: Ink) => {datasets: Record<string, unknown>[], scales: Record<string, unknown>}>} */
const MAKERS = { lines: curves, bands: (plot, ink) => (plot.x.categories ? stacked(plot, ink) : curves(plot, ink)), points: scatter, bars, interval, heat, people_items: wright };

/**
 * What stands on the drawing beside the library's own: whiskers, words in cells, names of items, lines to compare with.
 * @param {Plot} plot
 * @param {Ink} ink
 */
export function overlay(plot, ink) {
  return {
    id: "overlay",
    /** @param {import("chart.js").Chart} chart */
    beforeDatasetsDraw(chart) {
      for (const mark of plot.marks) drawMark(chart, mark, ink);
    },
    /** @param {import("chart.js").Chart} chart */
    afterDraw(chart) {
      for (const mark of plot.marks) nameMark(chart, mark, ink);
    },
    /** @param {import("chart.js").Chart} chart */
    afterDatasetsDraw(chart) {
      chart.data.datasets.forEach((dataset, number) => {
        const extra = /** @type {Extra & {cells?: boolean, unit?: string}} */ (/** @type {any} */ (dataset).extra);
        if (!chart.isDatasetVisible(number)) return;
        if (extra.whiskers) drawWhiskers(chart, number, extra.whiskers);
        if (extra.cells) drawCells(chart, number, extra.unit ?? "share", ink);
        if (extra.labels) drawNames(chart, number, plot.series[extra.series]?.names ?? [], ink);
      });
    },
  };
}

/** @param {import("chart.js").Chart} chart @param {import("./plot-data.js").Mark} mark @param {Ink} ink */
function drawMark(chart, mark, ink) {
  const on = chart.scales[mark.axis];
  if (!on || mark.at < on.min || mark.at > on.max) return;
  const { ctx, chartArea: area } = chart;
  const at = on.getPixelForValue(mark.at);
  ctx.save();
  ctx.strokeStyle = ink.ink;
  ctx.lineWidth = 1.5;
  ctx.setLineDash([5, 4]);
  ctx.beginPath();
  const ends = mark.axis === "x" ? [at, area.top, at, area.bottom] : [area.left, at, area.right, at];
  ctx.moveTo(ends[0] ?? 0, ends[1] ?? 0);
  ctx.lineTo(ends[2] ?? 0, ends[3] ?? 0);
  ctx.stroke();
  ctx.restore();
}

/** What the line means, over everything else and with room around its letters. @param {import("chart.js").Chart} chart @param {import("./plot-data.js").Mark} mark @param {Ink} ink */
function nameMark(chart, mark, ink) {
  const on = chart.scales[mark.axis];
  if (!on || mark.at < on.min || mark.at > on.max) return;
  const { ctx, chartArea: area } = chart;
  const at = on.getPixelForValue(mark.at);
  ctx.save();
  ctx.font = `600 ${TEXT}px ${ink.font}`;
  const width = ctx.measureText(mark.label).width;
  const [x, y] = mark.axis === "x" ? [Math.min(Math.max(at - width / 2, area.left), area.right - width), area.top - 6] : [area.right - width - 4, at - 5];
  ctx.strokeStyle = ink.surface;
  ctx.lineWidth = 4;
  ctx.lineJoin = "round";
  ctx.strokeText(mark.label, x, y);
  ctx.fillStyle = ink.ink;
  ctx.fillText(mark.label, x, y);
  ctx.restore();
}

/** @param {import("chart.js").Chart} chart @param {number} number @param {"x" | "y"} along */
function drawWhiskers(chart, number, along) {
  const { ctx, chartArea: area } = chart;
  const meta = chart.getDatasetMeta(number);
  const dataset = /** @type {any} */ (chart.data.datasets[number]);
  const on = chart.scales[along];
  if (!on) return;
  ctx.save();
  ctx.beginPath();
  ctx.rect(area.left, area.top, area.width, area.height);
  ctx.clip();
  ctx.strokeStyle = meta.type === "bar" ? String(globalThis.Chart.defaults.color) : dataset.borderColor;
  ctx.lineWidth = 1.75;
  ctx.beginPath();
  meta.data.forEach((element, place) => {
    const dot = /** @type {Dot | undefined} */ (dataset.data[place]);
    if (dot?.low === undefined || dot.high === undefined) return;
    const [from, to] = [on.getPixelForValue(dot.low), on.getPixelForValue(dot.high)];
    const { x, y } = element.getProps(["x", "y"], true);
    if (along === "x") {
      ctx.moveTo(from, y);
      ctx.lineTo(to, y);
      for (const end of [from, to]) ctx.moveTo(end, y - 4), ctx.lineTo(end, y + 4);
    } else {
      ctx.moveTo(x, from);
      ctx.lineTo(x, to);
      for (const end of [from, to]) ctx.moveTo(x - 4, end), ctx.lineTo(x + 4, end);
    }
  });
  ctx.stroke();
  ctx.restore();
}

/** @param {import("chart.js").Chart} chart @param {number} number @param {string} unit @param {Ink} ink */
function drawCells(chart, number, unit, ink) {
  const { ctx } = chart;
  const dataset = /** @type {any} */ (chart.data.datasets[number]);
  ctx.save();
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.font = `600 ${TEXT - 1}px ${ink.font}`;
  chart.getDatasetMeta(number).data.forEach((element, place) => {
    const value = dataset.data[place].value;
    const text = numberText(value === null ? null : unit === "share" ? Math.round(value * 100) / 100 : value, unit === "share" ? unit : "");
    const bar = /** @type {{x: number, y: number, base: number, width: number}} */ (/** @type {unknown} */ (element.getProps(/** @type {any} */ (["x", "y", "base", "width"]), true)));
    if (ctx.measureText(text).width > bar.width - 4) return;
    ctx.fillStyle = readable(dataset.backgroundColor[place]);
    ctx.fillText(text, bar.x, (bar.y + bar.base) / 2 + 1);
  });
  ctx.restore();
}

/** Black or white, whichever can be read on a colour. @param {string} colour */
function readable(colour) {
  const { r, g, b } = globalThis.Chart.helpers.color(colour).rgb;
  const linear = [r, g, b].map((part) => ((part / 255 + 0.055) / 1.055) ** 2.4);
  const light = 0.2126 * (linear[0] ?? 0) + 0.7152 * (linear[1] ?? 0) + 0.0722 * (linear[2] ?? 0);
  return light > 0.18 ? "#14161a" : "#ffffff";
}

/** @param {import("chart.js").Chart} chart @param {number} number @param {string[]} names @param {Ink} ink */
function drawNames(chart, number, names, ink) {
  const { ctx } = chart;
  ctx.save();
  ctx.font = `${TEXT - 1}px ${ink.font}`;
  ctx.textBaseline = "middle";
  ctx.fillStyle = ink.ink;
  const elements = chart.getDatasetMeta(number).data;
  const step = chart.scales.items ? chart.scales.items.getPixelForValue(1) - chart.scales.items.getPixelForValue(0) : 60;
  elements.forEach((element, place) => {
    const name = names[place] ?? "";
    const { x, y } = element.getProps(["x", "y"], true);
    if (ctx.measureText(name).width + 12 <= step) ctx.fillText(name, x + 9, y + 1);
  });
  ctx.restore();
}
