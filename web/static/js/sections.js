// SPDX-License-Identifier: Apache-2.0
/**
 * The sections of the paper: which one is open, which question may be shown or changed, and why not. What the server said last,
 * with this device's own moves over it that the server has not acknowledged yet. Pure: it knows no page and no line.
 *
 * A paper without sections is one free section that is always open.
 */

/**
 * @typedef {object} Section
 * @property {string} id
 * @property {Record<string, string>} title by language
 * @property {number | null} seconds
 * @property {"linear" | "free"} navigation
 * @property {boolean} allow_skipping
 * @property {boolean} allow_review linear only: questions that were left can be read again
 * @property {boolean} [validate] an answer with empty parts does not do
 * @property {number} max_attempts how often an answer can be confirmed; 0: it need not be
 * @property {boolean} [adaptive] it ends a criterion when enough is known
 * @property {boolean} [settled] it ended so
 * @property {string[]} items references in order
 */
/** @typedef {"waiting" | "open" | "closed"} SectionState */
/** @typedef {{move: string, target: string}} Move */
/**
 * @typedef {object} SectionReport what a state of the server says of sections
 * @property {{id: string, state: SectionState, remaining_ms: number | null}[]} [sections]
 * @property {string | null} [position] the question reached in a linear section
 * @property {Record<string, number>} [confirmed]
 */
/** @typedef {"open" | "read" | "closed" | "waiting" | "skip" | "part" | "order" | "used"} Verdict */
/** @typedef {(item: string) => "none" | "part" | "whole"} Look how much of a question is answered */

/** With less than this left, an open section of the server's does not undo that its time was over here. */
const REOPENED_MS = 2000;

export class Sections {
  /** @type {Section[]} */
  list;
  /** Whether the paper has sections at all. */
  explicit;
  /** @type {Map<string, SectionState>} */
  #states = new Map();
  /** @type {Map<string, number | null>} what the server gave each section, ms */
  #time = new Map();
  /** @type {Set<string>} closed because their time was over */
  #over = new Set();
  /** @type {Set<string>} closed by a move of ours */
  #left = new Set();
  /** @type {Map<string, number>} */
  #confirmed = new Map();
  /** Index within the open section of the question reached. */
  #reached = 0;

  /** @param {Section[]} described @param {string[]} items every question of the paper */
  constructor(described, items) {
    this.explicit = described.length > 0;
    const whole = { id: "", title: {}, seconds: null, navigation: /** @type {const} */ ("free"), allow_skipping: true, allow_review: true, max_attempts: 0, items };
    this.list = this.explicit ? described : [whole];
    for (const section of this.list) {
      this.#states.set(section.id, "waiting");
      this.#time.set(section.id, section.seconds === null ? null : section.seconds * 1000);
    }
    if (!this.explicit) this.#states.set("", "open");
  }

  /** Take in what the server says, then what this device did since. @param {SectionReport} report @param {Move[]} moves */
  apply(report, moves) {
    if (!this.explicit) return;
    for (const { id, state, remaining_ms } of report.sections ?? []) {
      if (state === "open" && (remaining_ms ?? Infinity) > REOPENED_MS) this.#over.delete(id); // more time was given after all
      if (state === "closed" && this.#states.get(id) === "open" && !this.#left.has(id)) this.#over.add(id);
      this.#states.set(id, this.#over.has(id) ? "closed" : state);
      this.#time.set(id, remaining_ms);
    }
    if (report.confirmed) this.#confirmed = new Map(Object.entries(report.confirmed));
    const items = this.current?.items ?? [];
    this.#reached = Math.max(0, items.indexOf(report.position ?? ""));
    for (const { move, target } of moves) this.move(move, target);
  }

  /** What a move of ours does. @param {string} move @param {string} target */
  move(move, target) {
    if (move === "enter_section" && this.#states.get(target) === "waiting") {
      this.#states.set(target, "open");
      this.#reached = 0;
    } else if (move === "leave_section") {
      this.#states.set(target, "closed");
      this.#left.add(target);
    } else if (move === "visit") this.#reached = Math.max(this.#reached, this.current?.items.indexOf(target) ?? 0);
    else if (move === "confirm") this.#confirmed.set(target, (this.#confirmed.get(target) ?? 0) + 1);
  }

  /**
   * The server needs no answer to these questions. Those that have one here keep their place.
   * @param {string[]} items
   * @param {Look} look
   * @returns {string | null} where to go on from the question shown, "" for nowhere; null: it stays
   */
  spare(items, look) {
    const section = this.current;
    const at = section?.items[this.#reached] ?? "";
    const needed = (/** @type {string} */ item) => !items.includes(item) || look(item) !== "none";
    this.#reached = section?.items.slice(0, this.#reached).filter(needed).length ?? 0;
    for (const one of this.list) one.items = one.items.filter(needed);
    if (!section || needed(at)) return null;
    section.settled = true;
    return section.items[this.#reached--] ?? "";
  }

  /** The question after one in its section, "" after the last. @param {string} item */
  after(item) {
    const items = this.sectionOf(item)?.items ?? [];
    return items[items.indexOf(item) + 1] ?? "";
  }

  /** The section's own time is over. @param {string} id */
  timeOver(id) {
    this.#over.add(id);
    this.#states.set(id, "closed");
  }

  /** Whether it ended because its time was over. @param {string} id */
  isOver(id) {
    return this.#over.has(id);
  }

  /** The open section. @returns {Section | null} */
  get current() {
    return this.list.find((section) => this.#states.get(section.id) === "open") ?? null;
  }

  /** The section that comes next. @returns {Section | null} */
  get next() {
    return this.list.find((section) => this.#states.get(section.id) === "waiting") ?? null;
  }

  /** The section that was closed last. @returns {Section | null} */
  get previous() {
    return this.list.filter((section) => this.#states.get(section.id) === "closed").pop() ?? null;
  }

  /** @param {string} id @returns {SectionState} */
  stateOf(id) {
    return this.#states.get(id) ?? "waiting";
  }

  /** Milliseconds that the server gave last; null without a limit. @param {string} id */
  timeOf(id) {
    return this.#time.get(id) ?? null;
  }

  /** @param {string} item @returns {Section | undefined} */
  sectionOf(item) {
    return this.list.find((section) => section.items.includes(item));
  }

  /** The question to begin with. @returns {string} */
  get first() {
    const section = this.current;
    return (section?.navigation === "linear" ? section.items[this.#reached] : section?.items[0]) ?? "";
  }

  /** How often an answer can still be confirmed; Infinity where it need not be. @param {string} item */
  left(item) {
    const most = this.sectionOf(item)?.max_attempts ?? 0;
    return most === 0 ? Infinity : Math.max(0, most - (this.#confirmed.get(item) ?? 0));
  }

  /**
   * Whether a question may be shown: "open" to be answered, "read" or "used" (its attempts are used up) to be read, and else why not.
   * @param {string} item
   * @param {Look} look
   * @returns {Verdict}
   */
  judge(item, look) {
    const section = this.sectionOf(item);
    const state = section ? this.stateOf(section.id) : "closed";
    if (!section || state !== "open") return state === "waiting" ? "waiting" : "closed";
    if (section.navigation === "linear") {
      const place = section.items.indexOf(item);
      if (place < this.#reached) return section.allow_review ? "read" : "closed";
      if (place > this.#reached + 1) return "order";
      const lack = place > this.#reached ? this.lack(section.items[this.#reached] ?? "", look) : null;
      if (lack) return lack;
    }
    return this.left(item) === 0 ? "used" : "open";
  }

  /** Whether showing this question is a step forward that cannot be taken back. @param {string} item */
  isStep(item) {
    const section = this.current;
    return section?.navigation === "linear" && section.items.indexOf(item) > this.#reached;
  }

  /** What a question lacks to be left for good: an answer, a part of it, or nothing. @param {string} item @param {Look} look */
  lack(item, look) {
    const section = this.sectionOf(item);
    const state = look(item);
    if (state === "none" && section?.allow_skipping === false) return "skip";
    return state === "part" && section?.validate ? "part" : null;
  }

  /** The questions that keep the open section from being finished. @param {Look} look @returns {string[]} */
  missing(look) {
    return this.current?.items.filter((item) => this.lack(item, look) !== null) ?? [];
  }
}
