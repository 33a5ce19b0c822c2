// SPDX-License-Identifier: Apache-2.0
/**
 * `<report-plot>`: a plot of a report, drawn from the JSON inside it by the one plot library (docs/decisions/0014-one-plot-library.md).
 *
 * The drawing is a picture for those who would rather look; the same numbers stand in the table below it. Arrow keys walk through the points and say
 * each one; a button a series hides and shows it. Colours are the page's tokens, read again when they change and for print.
 */

import "/static/vendor/chart.umd.min.js";
import { COLOURS, dashOf, pointLines, SHOWN_AT_FIRST } from "./plot-data.js";
import { configuration, heightOf, overlay } from "./plot-kinds.js";

/** @typedef {import("./plot-data.js").Plot} Plot */
/** @typedef {import("./plot-data.js").Words} Words */

const Chart = globalThis.Chart;
const SVG = "http://www.w3.org/2000/svg";
const PRINT_DENSITY = 3;
/** Where the plots of every single item are; the style sheet leaves them out of print. */
const UNPRINTED = ".report-section > .fold";

/** @type {Set<ReportPlot>} */
const drawn = new Set();

const sight = new IntersectionObserver(
  (seen) => {
    for (const one of seen) if (one.isIntersecting) /** @type {ReportPlot} */ (one.target).begin();
  },
  { rootMargin: "400px" },
);

class ReportPlot extends HTMLElement {
  /** @type {import("chart.js").Chart | null} */
  #chart = null;
  /** @type {Plot | null} */
  #plot = null;
  /** @type {Words} */
  #words = { at: "", low: "", high: "", none: "–" };
  /** @type {Set<number>} */
  #hidden = new Set();
  #series = 0;
  #place = -1;

  connectedCallback() {
    sight.observe(this);
  }

  /** Read what is to be drawn and draw it, once: a report may have a hundred plots, most of them folded away. */
  begin() {
    sight.unobserve(this);
    const source = this.querySelector("script[type='application/json']");
    if (!source || this.#plot) return;
    const read = /** @type {{plot: Plot, words: Words}} */ (JSON.parse(source.textContent ?? ""));
    this.#plot = read.plot;
    this.#words = read.words;
    if (legendary(read.plot)) read.plot.series.forEach((_, number) => number >= SHOWN_AT_FIRST && this.#hidden.add(number));
    this.#build(read.plot);
    drawn.add(this);
  }

  disconnectedCallback() {
    sight.unobserve(this);
    drawn.delete(this);
    this.#chart?.destroy();
    this.#chart = null;
    this.#plot = null;
  }

  /** Draw anew in the colours that hold now. @param {number} [density] pixels of the drawing for one of the page */
  redraw(density) {
    const plot = this.#plot;
    const canvas = this.querySelector("canvas");
    if (!plot || !canvas) return;
    this.#chart?.destroy();
    const ink = inks(this);
    Chart.defaults.color = ink.ink;
    const settings = configuration(plot, ink);
    if (settings.options && density) settings.options.devicePixelRatio = density;
    settings.plugins = [overlay(plot, ink)];
    this.#chart = new Chart(canvas, settings);
    this.#showChosen();
  }

  /** @param {Plot} plot */
  #build(plot) {
    const area = part("div", "plot__area");
    const tall = () => (area.dataset.tall = String(heightOf(plot, area.clientWidth || 600)));
    const canvas = document.createElement("canvas");
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", [plot.title, this.dataset.hint].filter(Boolean).join(". "));
    const reading = part("p", "plot__reading");
    reading.setAttribute("role", "status");
    area.append(canvas);
    if (legendary(plot)) this.append(this.#legend(plot));
    this.append(area, reading);
    tall();
    // The height is the drawing's own affair: the style sheet cannot know how many rows there are.
    area.style.height = `${area.dataset.tall}px`;
    canvas.addEventListener("keydown", (event) => this.#onKey(event));
    canvas.addEventListener("mousemove", (event) => this.#onPointer(event));
    canvas.addEventListener("click", (event) => this.#onPointer(event));
    canvas.addEventListener("blur", () => this.#leave());
    canvas.addEventListener("mouseleave", () => this.#leave());
    this.redraw();
  }

  /** @param {Plot} plot */
  #legend(plot) {
    const list = part("div", "plot__legend");
    list.setAttribute("role", "group");
    list.setAttribute("aria-label", this.dataset.legend ?? "");
    plot.series.forEach((series, number) => {
      const button = /** @type {HTMLButtonElement} */ (part("button", "plot__series"));
      button.type = "button";
      button.setAttribute("aria-pressed", String(!this.#hidden.has(number)));
      button.append(swatch(series.colour ?? number + 1, number, plot.type === "bands" || plot.type === "bars" || series.kind === "points"), document.createTextNode(series.label));
      button.addEventListener("click", () => {
        if (!this.#hidden.delete(number)) this.#hidden.add(number);
        button.setAttribute("aria-pressed", String(!this.#hidden.has(number)));
        this.#leave();
        this.#showChosen();
      });
      list.append(button);
    });
    return list;
  }

  #showChosen() {
    const chart = this.#chart;
    if (!chart) return;
    chart.data.datasets.forEach((dataset, number) => chart.setDatasetVisibility(number, !this.#hidden.has(/** @type {any} */ (dataset).extra.series)));
    chart.update("none");
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const plot = this.#plot;
    if (!plot) return;
    const shown = plot.series.map((_, number) => number).filter((number) => !this.#hidden.has(number));
    const length = plot.series[this.#series]?.points.length ?? 0;
    const beside = (/** @type {number} */ by) => shown[(shown.indexOf(this.#series) + by + shown.length) % shown.length] ?? 0;
    switch (event.key) {
      case "ArrowRight":
        this.#place = Math.min(this.#place + 1, length - 1);
        break;
      case "ArrowLeft":
        this.#place = Math.max(this.#place - 1, 0);
        break;
      case "ArrowDown":
        this.#series = beside(1);
        break;
      case "ArrowUp":
        this.#series = beside(-1);
        break;
      case "Home":
        this.#place = 0;
        break;
      case "End":
        this.#place = length - 1;
        break;
      case "Escape":
        this.#leave();
        return;
      default:
        return;
    }
    event.preventDefault();
    if (!shown.includes(this.#series)) this.#series = shown[0] ?? 0;
    this.#place = Math.max(0, Math.min(this.#place, (plot.series[this.#series]?.points.length ?? 1) - 1));
    this.#say();
  }

  /** @param {MouseEvent} event */
  #onPointer(event) {
    const chart = this.#chart;
    if (!chart) return;
    const found = chart
      .getElementsAtEventForMode(event, "nearest", { intersect: this.#plot?.type === "heat" }, false)
      .find((hit) => !(/** @type {any} */ (chart.data.datasets[hit.datasetIndex]).extra.edge));
    if (!found) return;
    const dataset = /** @type {any} */ (chart.data.datasets[found.datasetIndex]);
    const [series, place] = [dataset.extra.series, dataset.data[found.index].place];
    if (series === this.#series && place === this.#place) return;
    [this.#series, this.#place] = [series, place];
    this.#say();
  }

  #say() {
    const reading = this.querySelector(".plot__reading");
    if (!this.#plot || !reading) return;
    const [first, ...rest] = pointLines(this.#plot, this.#series, this.#place, this.#words);
    const strong = document.createElement("strong");
    strong.textContent = first ?? "";
    reading.replaceChildren(strong, document.createTextNode(rest.length ? ` ${rest.join(", ")}` : ""));
    this.#point();
  }

  /** Show which point is meant. */
  #point() {
    const chart = this.#chart;
    if (!chart) return;
    const number = chart.data.datasets.findIndex((dataset) => {
      const extra = /** @type {any} */ (dataset).extra;
      return extra.series === this.#series && !extra.edge;
    });
    const index = number < 0 ? -1 : /** @type {any[]} */ (chart.data.datasets[number]?.data ?? []).findIndex((dot) => dot.place === this.#place);
    chart.setActiveElements(index < 0 ? [] : [{ datasetIndex: number, index }]);
    chart.update("none");
  }

  #leave() {
    this.#place = -1;
    this.querySelector(".plot__reading")?.replaceChildren();
    this.#chart?.setActiveElements([]);
    this.#chart?.update("none");
  }
}

/** Whether it has series that can be hidden one by one. @param {Plot} plot */
function legendary(plot) {
  return plot.series.length > 1 && plot.type !== "people_items" && plot.type !== "heat";
}

/** @param {string} name @param {string} style */
function part(name, style) {
  return Object.assign(document.createElement(name), { className: style });
}

/** @param {number} colour @param {number} number @param {boolean} filled the series is no line */
function swatch(colour, number, filled) {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("class", `plot__swatch plot__swatch--${((colour - 1) % COLOURS) + 1}${filled ? " plot__swatch--filled" : ""}`);
  const width = filled ? 14 : 28;
  picture.setAttribute("viewBox", `0 0 ${width} 8`);
  picture.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "line");
  for (const [key, value] of Object.entries({ x1: "1", x2: String(width - 1), y1: "4", y2: "4", "stroke-dasharray": filled ? "" : dashOf(number).join(" ") })) {
    line.setAttribute(key, value);
  }
  picture.append(line);
  return picture;
}

/** The colours of the page, as they are for this element now. @param {HTMLElement} host @returns {import("./plot-kinds.js").Ink} */
function inks(host) {
  const style = getComputedStyle(host);
  const token = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  return {
    ink: token("--ink"),
    ink2: token("--ink-2"),
    line: token("--line"),
    surface: token("--surface"),
    font: style.fontFamily,
    low: token("--heat-low"),
    high: token("--heat-high"),
    none: token("--sunken"),
    series: Array.from({ length: COLOURS }, (_, number) => token(`--plot-${number + 1}`)),
  };
}

customElements.define("report-plot", ReportPlot);

const again = () => drawn.forEach((plot) => plot.redraw());
new MutationObserver(again).observe(document.documentElement, { attributeFilter: ["data-theme", "data-contrast", "data-size"] });
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
window.addEventListener("beforeprint", () => {
  for (const plot of document.querySelectorAll(/** @type {"div"} */ ("report-plot"))) {
    if (plot.checkVisibility() && !plot.closest(UNPRINTED)) /** @type {ReportPlot} */ (/** @type {unknown} */ (plot)).begin();
  }
  for (const plot of drawn) {
    if (plot.closest(UNPRINTED)) continue;
    plot.classList.add("plot--print");
    plot.redraw(PRINT_DENSITY);
  }
});
window.addEventListener("afterprint", () => {
  for (const plot of drawn) {
    if (!plot.classList.contains("plot--print")) continue;
    plot.classList.remove("plot--print");
    plot.redraw();
  }
});
// The drawing's letters are the page's, which may come after the first drawing.
document.fonts.ready.then(again);
