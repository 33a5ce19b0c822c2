// SPDX-License-Identifier: Apache-2.0
/**
 * Writing an item. The form is whole without this script: here its buttons work without a reload, the preview and the findings
 * follow the typing, and nothing typed is left behind by mistake. Every word comes from the page.
 */

import { drawAreas } from "./editor-areas.js";
import { insertAt, textTools } from "./editor-text.js";

const REST_MS = 450;

/** @typedef {{ text: string, warning: boolean }} Remark */
/** @typedef {{ preview: string, findings: string, size: string, fields: Record<string, Remark[]>, trials: Record<string, string>,
 *   marks: string[], total: string }} Look */

class Editor {
  /** @type {HTMLFormElement} */
  #form;
  /** The form, what stands beside it, and the bar below. @type {HTMLElement} */
  #page;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #rest;
  #changed = false;
  #sent = 0;
  #language = "";
  /** Fields that the author has been in: only of these it is said at once what they lack. */
  #touched = new Set();

  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.#form = form;
    this.#page = /** @type {HTMLElement} */ (form.closest(".writing"));
    form.addEventListener("input", this.#onInput);
    form.addEventListener("focusout", (event) => {
      if (event.target instanceof HTMLElement && "name" in event.target) this.#touched.add(event.target.name);
    });
    this.#page.addEventListener("change", this.#onChange);
    this.#page.addEventListener("click", this.#onClick);
    form.addEventListener("submit", this.#onSubmit);
    addEventListener("beforeunload", (event) => {
      if (this.#changed) event.preventDefault();
    });
    this.#changed = form.querySelector("#summary, #theirs") !== null;
    this.#ready();
  }

  /** After every exchange of the form's inside. */
  #ready() {
    for (const part of this.#page.querySelectorAll("[data-place], [data-gap], [data-insert-media], [data-nudge], [data-text-tools], [data-preview-tabs]")) {
      part.removeAttribute("hidden");
    }
    for (const part of this.#page.querySelectorAll(".no-script")) part.setAttribute("hidden", "");
    textTools(this.#form);
    drawAreas(this.#form, () => this.#type());
    this.#showLanguage(this.#language);
    this.#state();
    const focus = this.#form.dataset.focus;
    if (focus) this.#go(focus);
    else this.#form.querySelector("#summary, #theirs")?.scrollIntoView({ block: "center" });
  }

  #onInput = () => this.#type();

  #onChange = (/** @type {Event} */ event) => {
    const target = event.target;
    if (target instanceof HTMLInputElement && target.name === "preview-language") this.#showLanguage(target.value);
    else if (target instanceof HTMLInputElement && target.type === "file" && target.files?.length) void this.#step("upload");
    else if (target instanceof HTMLElement && "step" in target.dataset) void this.#step("look");
  };

  #onClick = (/** @type {MouseEvent} */ event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    const link = target.closest("[data-goto]");
    if (link instanceof HTMLElement) {
      event.preventDefault();
      this.#go(link.dataset.goto ?? "");
      return;
    }
    const button = target.closest("button");
    if (!(button instanceof HTMLButtonElement)) return;
    if (button.dataset.place) this.#place(button.dataset.place);
    else if (button.dataset.gap) this.#gap(button.dataset.gap);
    else if (button.dataset.insertMedia) this.#insert(button.dataset.insertMedia);
  };

  #onSubmit = (/** @type {SubmitEvent} */ event) => {
    const button = event.submitter;
    const step = button instanceof HTMLButtonElement ? button.value : "look";
    if (step === "save" || step === "submit") {
      this.#changed = false;
      return;
    }
    event.preventDefault();
    void this.#step(step);
  };

  /** Something was typed or drawn. */
  #type() {
    this.#changed = true;
    this.#state();
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => void this.#look(), REST_MS);
  }

  #state() {
    const state = this.#page.querySelector("[data-state]");
    const saved = this.#form.querySelector("[name=version_id]") !== null && !this.#form.querySelector("#summary, #theirs");
    if (state) state.textContent = (this.#changed || !saved ? this.#form.dataset.textChanged : this.#form.dataset.textSaved) ?? "";
  }

  /** The preview and the findings as of now; an answer that was overtaken is dropped. */
  async #look() {
    const number = ++this.#sent;
    const data = new FormData(this.#form);
    data.delete("file");
    const answer = await this.#send(this.#form.dataset.previewUrl ?? "", data, "application/json");
    if (!answer || number !== this.#sent) return;
    this.#show(/** @type {Look} */ (await answer.json()));
  }

  /** @param {Look} look */
  #show(look) {
    for (const [slot, html] of /** @type {[string, string][]} */ ([["preview", look.preview], ["findings", look.findings], ["size", look.size]])) {
      fill(this.#page.querySelector(`[data-${slot}-slot]`), html);
    }
    for (const [index, html] of Object.entries(look.trials)) fill(this.#form.querySelector(`[data-trial-result="${index}"]`), html);
    look.marks.forEach((marks, index) => {
      const shown = this.#form.querySelector(`[data-marks="${index}"]`);
      if (shown) shown.textContent = marks;
    });
    const total = this.#form.querySelector("[data-total]");
    if (total) total.textContent = look.total;
    const judged = this.#form.querySelector("[name=judged]") !== null;
    for (const slot of this.#form.querySelectorAll("[data-said]")) {
      const name = /** @type {HTMLElement} */ (slot).dataset.said ?? "";
      const found = (look.fields[name] ?? []).filter((one) => one.warning || judged || this.#touched.has(name));
      remarks(slot, found);
      const field = document.getElementById(name);
      if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement || field instanceof HTMLSelectElement) {
        if (found.some((one) => !one.warning)) field.setAttribute("aria-invalid", "true");
        else field.removeAttribute("aria-invalid");
      }
    }
    this.#showLanguage(this.#language);
  }

  /** A step of the form: the server changes it, the page takes over what came back. @param {string} step */
  async #step(step) {
    clearTimeout(this.#rest);
    this.#sent++;
    const data = new FormData(this.#form);
    if (step !== "upload") data.delete("file");
    data.set("do", step);
    this.#form.setAttribute("aria-busy", "true");
    const answer = await this.#send(this.#form.action, data, "text/html");
    if (answer) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const late = this.#typedSince(data);
      this.#takeOver(page);
      for (const [name, value] of late) {
        const field = this.#form.elements.namedItem(name);
        if (field instanceof HTMLTextAreaElement || (field instanceof HTMLInputElement && field.type === "text")) field.value = value;
      }
    }
    this.#form.removeAttribute("aria-busy");
  }

  /** What was typed while a step was on its way. @param {FormData} sent @returns {[string, string][]} */
  #typedSince(sent) {
    return /** @type {[string, string][]} */ (
      [...new FormData(this.#form)].filter(([name, value]) => typeof value === "string" && name !== "do" && sent.get(name) !== value)
    );
  }

  /** @param {Document} page */
  #takeOver(page) {
    const fresh = page.getElementById("editor");
    if (!(fresh instanceof HTMLFormElement)) {
      location.reload();
      return;
    }
    this.#changed = true;
    this.#form.dataset.focus = fresh.dataset.focus ?? "";
    const open = new Set([...this.#form.querySelectorAll("details[open] > summary")].map((one) => one.textContent));
    const active = document.activeElement instanceof HTMLElement ? document.activeElement.id : "";
    const scroll = scrollY;
    for (const [old, now] of /** @type {[Element | null, Element | null][]} */ ([
      [this.#page.querySelector(".writing__side"), page.querySelector(".writing__side")],
      [this.#form, fresh],
    ])) {
      if (old && now) old.replaceChildren(...document.adoptNode(now).childNodes);
    }
    for (const summary of this.#form.querySelectorAll("details > summary")) {
      if (open.has(summary.textContent)) summary.parentElement?.setAttribute("open", "");
    }
    scrollTo({ top: scroll });
    this.#ready();
    if (!this.#form.dataset.focus && active) document.getElementById(active)?.focus({ preventScroll: true });
  }

  /** @param {string} url @param {FormData} data @param {string} accept @returns {Promise<Response | null>} */
  async #send(url, data, accept) {
    try {
      const answer = await fetch(url, { method: "POST", body: data, headers: { Accept: accept }, credentials: "same-origin" });
      if (answer.ok || answer.status === 422 || answer.status === 409) return answer;
      if (answer.status === 413) {
        const slot = this.#form.querySelector('[data-said="file"]');
        if (slot) remarks(slot, [{ text: this.#form.dataset.textLarge ?? "", warning: false }]);
        return null;
      }
    } catch {
      // Told below: the page itself is as it was.
    }
    const state = this.#page.querySelector("[data-state]");
    if (state) state.textContent = this.#form.dataset.textOffline ?? "";
    return null;
  }

  /** To a field or a row by its path: into its first control. @param {string} path */
  #go(path) {
    const found = document.getElementById(path) ?? document.getElementById(path.replace(/\.[^.]*$/, ""));
    if (!found) return;
    for (let details = found.closest("details"); details; details = details.parentElement?.closest("details") ?? null) details.open = true;
    const controls = "textarea, input:not([type=hidden], [type=radio], [type=checkbox], .input--tiny), select";
    const control = found.matches(controls) ? found : (found.querySelector(controls) ?? found);
    /** @type {HTMLElement} */ (control).focus({ preventScroll: true });
    found.scrollIntoView({ block: "center" });
  }

  /** The places of an interaction in the text of every language. @param {string} place */
  #place(place) {
    for (const text of this.#stems()) {
      if (!text.value.includes(place)) insertAt(text, place);
    }
    this.#type();
  }

  /** The next gap at the cursor of each language that does not have it yet. @param {string} part */
  #gap(part) {
    const stems = this.#stems();
    const has = (/** @type {HTMLTextAreaElement} */ text, /** @type {number} */ number) => text.value.includes(`[[${part}.G${number}]]`);
    let number = 1;
    while (stems.every((text) => has(text, number))) number++;
    for (const text of stems) {
      if (!has(text, number)) insertAt(text, `[[${part}.G${number}]]`);
    }
    void this.#step("look");
  }

  /** A picture or film into the text that was used last. @param {string} markup */
  #insert(markup) {
    const last = document.querySelector("textarea[data-last]");
    const text = last instanceof HTMLTextAreaElement ? last : this.#stems()[0];
    if (text) insertAt(text, markup);
    text?.focus();
    this.#type();
  }

  #stems() {
    return /** @type {HTMLTextAreaElement[]} */ ([...this.#form.querySelectorAll("textarea[data-stem]")]);
  }

  /** Where only one preview has room, the tabs choose it. @param {string} language */
  #showLanguage(language) {
    const cards = /** @type {HTMLElement[]} */ ([...this.#page.querySelectorAll("[data-preview]")]);
    const known = cards.some((card) => card.dataset.preview === language);
    this.#language = known ? language : (cards[0]?.dataset.preview ?? "");
    for (const card of cards) card.classList.toggle("preview--chosen", card.dataset.preview === this.#language);
    for (const tab of this.#page.querySelectorAll("[name=preview-language]")) {
      if (tab instanceof HTMLInputElement) tab.checked = tab.value === this.#language;
    }
  }
}

/** Markup of our own templates into its place. @param {Element | null} slot @param {string} html */
function fill(slot, html) {
  if (!slot) return;
  const page = new DOMParser().parseFromString(html, "text/html");
  slot.replaceChildren(...document.adoptNode(page.body).childNodes);
}

/** @param {Element} slot @param {Remark[]} found */
function remarks(slot, found) {
  const lines = found.map((one) => {
    const line = document.createElement("p");
    line.className = `remark remark--${one.warning ? "look" : "stop"}`;
    const icon = document.querySelector(`#editor-page .icon--${one.warning ? "warning" : "danger"}`)?.cloneNode(true);
    if (icon) line.append(icon);
    line.append(Object.assign(document.createElement("span"), { textContent: one.text }));
    return line;
  });
  slot.replaceChildren(...lines);
  slot.toggleAttribute("hidden", lines.length === 0);
}

const form = document.getElementById("editor");
if (form instanceof HTMLFormElement) new Editor(form);
