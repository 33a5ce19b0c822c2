// SPDX-License-Identifier: Apache-2.0
// The chosen colours, set before the first paint: therefore a classic script in the head, and this small.
"use strict";
try {
  const chosen = localStorage.getItem("kasauti-theme");
  if (chosen === "dark" || chosen === "light") document.documentElement.dataset.theme = chosen;
} catch {
  // No storage: the system's choice stands.
}
