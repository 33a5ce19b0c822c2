// SPDX-License-Identifier: Apache-2.0
/**
 * Small comforts for every page but the room: colours, confirmations, printing. All of it works on markup that is
 * complete without it, and every word comes from the page.
 */

switchTheme();
askBefore();
for (const button of document.querySelectorAll("[data-print]")) {
  button.removeAttribute("hidden");
  button.addEventListener("click", () => print());
}
// What is folded away on the screen is wanted on paper.
addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll("details:not([open])")) part.setAttribute("open", "");
});
for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", () => {
    // After the browser has read the form, so that the pressed button's own value still goes with it.
    setTimeout(() => form.querySelector("button:not([type=button])")?.setAttribute("disabled", ""), 0);
  });
}

/** The switch between light and dark; the choice stays in this browser. */
function switchTheme() {
  const button = document.querySelector("[data-theme-switch]");
  if (!(button instanceof HTMLElement)) return;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (document.documentElement.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
  const show = () => {
    const dark = isDark();
    const text = (dark ? button.dataset.textToLight : button.dataset.textToDark) ?? "";
    button.querySelector(".theme-light")?.toggleAttribute("hidden", !dark);
    button.querySelector(".theme-dark")?.toggleAttribute("hidden", dark);
    const label = button.querySelector("[data-theme-label]");
    if (label) label.textContent = text;
    button.title = text;
  };
  button.addEventListener("click", () => {
    const next = isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = next;
    delete document.documentElement.dataset.contrast; // chosen in the test room; this choice is newer
    try {
      localStorage.removeItem("kasauti-contrast");
      localStorage.setItem("kasauti-theme", next);
    } catch {
      // No storage: the choice holds for this page.
    }
    show();
  });
  system.addEventListener("change", show);
  button.hidden = false;
  show();
}

/** A form with data-confirm is sent only after a plain question. Without this script it is sent at once. */
function askBefore() {
  const dialog = document.getElementById("confirm-dialog");
  if (!(dialog instanceof HTMLDialogElement)) return;
  const title = dialog.querySelector("[data-confirm-title-slot]");
  const text = dialog.querySelector("[data-confirm-text-slot]");
  const yes = dialog.querySelector("[data-confirm-yes-slot]");
  const usual = { title: title?.textContent ?? "", yes: yes?.textContent ?? "" };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.dataset.confirm === undefined || "confirmed" in form.dataset) return;
    event.preventDefault();
    const { submitter } = event;
    if (title) title.textContent = form.dataset.confirmTitle ?? usual.title;
    if (text) text.textContent = form.dataset.confirm;
    if (yes) {
      yes.textContent = form.dataset.confirmYes ?? usual.yes;
      yes.classList.toggle("button--danger", "confirmDanger" in form.dataset);
      yes.classList.toggle("button--primary", !("confirmDanger" in form.dataset));
    }
    dialog.returnValue = "no";
    dialog.showModal();
    dialog.addEventListener(
      "close",
      () => {
        if (dialog.returnValue !== "yes") return;
        form.dataset.confirmed = "";
        form.requestSubmit(submitter);
        delete form.dataset.confirmed;
      },
      { once: true },
    );
  });
}
