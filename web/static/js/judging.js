// SPDX-License-Identifier: Apache-2.0
/**
 * A judge's page: counts what is judged, saves while one judges, and jumps to what is still open. The page is complete without it.
 * Where another window has judged meanwhile, nothing is written over: it is said, and saving by the button shows both.
 */

const PAUSE_MS = 900;
const form = document.querySelector("form[data-judging]");
if (form instanceof HTMLFormElement) watch(form);

/** @param {HTMLFormElement} form */
function watch(form) {
  const judged = /** @type {HTMLElement[]} */ ([...form.querySelectorAll("[data-judged]")]);
  const text = form.querySelector("[data-judged-text]");
  const bar = form.querySelector("progress[data-judged-bar]");
  const next = form.querySelector("[data-next-open]");
  const seen = form.elements.namedItem("seen");
  let kept = snapshot(form);
  let timer = 0;
  let stopped = false;
  let leaving = false;
  /** @type {Promise<void> | null} */
  let under = null;

  /** @param {string} which @param {string} [words] */
  function show(which, words = "") {
    for (const name of ["unsaved", "saved", "refused"]) form.querySelector(`[data-${name}]`)?.toggleAttribute("hidden", name !== which);
    const told = form.querySelector("[data-refused-text]");
    if (told) told.textContent = words;
  }

  function count() {
    const done = judged.filter(isJudged).length;
    const all = Number(form.dataset.needed ?? judged.length);
    if (text) text.textContent = (form.dataset.textState ?? "").replace("{said}", String(done)).replace("{all}", String(all));
    if (bar instanceof HTMLProgressElement) bar.value = done;
    next?.toggleAttribute("hidden", done >= all);
  }

  function changed() {
    count();
    if (snapshot(form) === kept || stopped) return;
    show("unsaved");
    clearTimeout(timer);
    timer = window.setTimeout(save, PAUSE_MS);
  }

  async function save() {
    if (under || stopped || leaving || !form.checkValidity()) return;
    under = send();
    await under;
    under = null;
    if (snapshot(form) !== kept) changed();
  }

  async function send() {
    const now = snapshot(form);
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
      const told = await answer.json();
      if (answer.ok) {
        if (seen instanceof HTMLInputElement) seen.value = String(told.seen);
        kept = now;
        show("saved");
        return;
      }
      // Trying again by itself would not help: the button shows the page with what is wrong.
      stopped = true;
      show("refused", told.title ?? "");
    } catch {
      show("unsaved");
      timer = window.setTimeout(save, PAUSE_MS * 10);
    }
  }

  /** @param {number} from */
  function jump(from) {
    const place = judged.findIndex((one, number) => number >= from && !isJudged(one));
    focusOn(judged[place >= 0 ? place : judged.findIndex((one) => !isJudged(one))]);
  }

  next?.addEventListener("click", () => jump(0));
  form.addEventListener("input", changed);
  form.addEventListener("submit", () => {
    leaving = true;
    clearTimeout(timer);
  });
  addEventListener("beforeunload", (event) => {
    if (!leaving && snapshot(form) !== kept) event.preventDefault();
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) leaving = false;
    count();
  });
  for (const [place, one] of judged.entries()) {
    one.addEventListener("keydown", (event) => {
      const { target } = event;
      if (event.key !== "Enter" || !(target instanceof HTMLInputElement) || !target.name.startsWith("value-")) return;
      event.preventDefault();
      focusOn(judged[place + 1] ?? form.querySelector("[data-hand-in]"));
    });
  }
  document.addEventListener("keydown", (event) => {
    const { target } = event;
    const typing = target instanceof HTMLTextAreaElement || (target instanceof HTMLInputElement && target.type !== "radio");
    if (event.key.toLowerCase() !== "n" || event.ctrlKey || event.altKey || event.metaKey || typing) return;
    event.preventDefault();
    jump(judged.findIndex((one) => one.contains(document.activeElement)) + 1);
  });
  form.querySelector("[data-keys]")?.removeAttribute("hidden");
  count();
}

/** @param {HTMLElement} one */
function isJudged(one) {
  return [...one.querySelectorAll("input[name^='value-']")].some(
    (field) => field instanceof HTMLInputElement && (field.type === "radio" ? field.checked : field.value.trim() !== ""),
  );
}

/** @param {Element | null | undefined} one */
function focusOn(one) {
  const field = one?.querySelector("input[name^='value-']:checked") ?? one?.querySelector("input[name^='value-']") ?? one;
  if (!(field instanceof HTMLElement)) return;
  one?.scrollIntoView({ block: "start" });
  field.focus({ preventScroll: true });
}

/** @param {HTMLFormElement} form */
function snapshot(form) {
  return [...new FormData(form)]
    .filter(([name]) => name.startsWith("value-"))
    .map(([name, value]) => `${name}=${String(value)}`)
    .join("&");
}
