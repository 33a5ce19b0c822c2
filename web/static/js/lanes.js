// SPDX-License-Identifier: Apache-2.0
/**
 * The time axis: what a mark means is said when the mouse points at it or the arrow keys reach it. The same is in the list below
 * it, for those without this script. Nothing is decided here.
 */

for (const axis of document.querySelectorAll("[data-lanes]")) if (axis instanceof HTMLElement) follow(axis);

/** @param {HTMLElement} axis */
function follow(axis) {
  const stop = /** @type {HTMLElement} */ (axis.querySelector("[data-lanes-stop]"));
  const say = /** @type {HTMLElement} */ (axis.querySelector("[data-lanes-say]"));
  const lanes = [...axis.querySelectorAll("[data-lane]")].map((lane) => [...lane.querySelectorAll("[data-mark]")]);
  const busy = lanes.filter((marks) => marks.length > 0);
  if (busy.length === 0) return;
  let lane = 0;
  let place = -1;

  /** @param {Element} mark */
  function tell(mark) {
    for (const other of axis.querySelectorAll("[data-here]")) other.removeAttribute("data-here");
    mark.setAttribute("data-here", "");
    say.textContent = mark.getAttribute("data-words") ?? "";
  }

  /** @param {Element} mark */
  function open(mark) {
    const href = mark.getAttribute("data-href");
    const target = href ? document.getElementById(href.slice(1)) : null;
    target?.focus();
    target?.scrollIntoView({ block: "start" });
  }

  /** @param {number} lanesOn @param {number} marksOn */
  function step(lanesOn, marksOn) {
    lane = Math.min(Math.max(lane + lanesOn, 0), busy.length - 1);
    const marks = busy[lane] ?? [];
    place = Math.min(Math.max(lanesOn === 0 ? place + marksOn : 0, 0), marks.length - 1);
    const mark = marks[place];
    if (mark) tell(mark);
  }

  stop.tabIndex = 0;
  stop.setAttribute("role", "group");
  stop.setAttribute("aria-label", axis.dataset.axisHelp ?? "");
  /** @type {Record<string, () => void>} */
  const keys = {
    ArrowRight: () => step(0, 1),
    ArrowLeft: () => step(0, -1),
    ArrowDown: () => step(1, 0),
    ArrowUp: () => step(-1, 0),
    Enter: () => {
      const mark = busy[lane]?.[place];
      if (mark) open(mark);
    },
  };
  stop.addEventListener("keydown", (event) => {
    const act = keys[event.key];
    if (act === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    act();
  });
  for (const [at, marks] of busy.entries()) {
    for (const [nth, mark] of marks.entries()) {
      mark.addEventListener("pointerenter", () => tell(mark));
      mark.addEventListener("click", () => {
        lane = at;
        place = nth;
        tell(mark);
        open(mark);
      });
    }
  }
}

export {};
