// SPDX-License-Identifier: Apache-2.0
// The chosen colours and text size, set before the first paint: therefore a classic script in the head, and this small.
"use strict";
try {
  for (const name of ["theme", "contrast", "size", "both"]) {
    const chosen = localStorage.getItem(`kasauti-${name}`);
    if (chosen) document.documentElement.dataset[name] = chosen;
  }
} catch {
  // No storage: the system's choice stands.
}
