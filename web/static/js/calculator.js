// SPDX-License-Identifier: Apache-2.0
/**
 * A pocket calculator on exact decimals: 0.1 + 0.2 is 0.3. It knows keys and texts and nothing of a page.
 *
 * Twelve digits, as on a pocket calculator; what needs more is rounded to twelve (half away from zero), what is larger is an error.
 * Percent means what it means in a shop: 200 + 10 % is 220, 200 x 10 % is 20.
 */

/** @typedef {{n: bigint, e: number}} Decimal the number n / 10^e, e at least 0 */
/** @typedef {"+" | "-" | "*" | "/"} Operator */
/**
 * @typedef {object} Calculation
 * @property {string} shown what stands in the display, with a point
 * @property {Decimal | null} held the first operand
 * @property {Operator | null} operator
 * @property {boolean} fresh the next digit begins a new number
 * @property {"zero" | "root" | "large" | null} error division by zero, root of a negative number, more than twelve digits
 */

export const DIGITS = 12;
const LIMIT = 10n ** BigInt(DIGITS);

/** @returns {Calculation} */
export function cleared() {
  return { shown: "0", held: null, operator: null, fresh: true, error: null };
}

/**
 * @param {Calculation} now
 * @param {string} key a digit, ".", one of + - * /, "=", "%", "root", "sign", "back" or "clear"
 * @returns {Calculation}
 */
export function press(now, key) {
  if (key === "clear") return cleared();
  if (now.error !== null) return now;
  if (/^\d$/.test(key) || key === ".") return typed(now, key);
  if (key === "back") return now.fresh ? now : { ...now, shown: shorter(now.shown) };
  const value = parse(now.shown);
  switch (key) {
    case "sign":
      return { ...now, shown: now.shown.startsWith("-") ? now.shown.slice(1) : value.n === 0n ? now.shown : `-${now.shown}` };
    case "root":
      return value.n < 0n ? { ...now, error: "root" } : put(now, root(value));
    case "%":
      return put(now, percent(now, value));
    case "=":
      return { ...settled(now, value), operator: null, held: null };
    case "+":
    case "-":
    case "*":
    case "/": {
      if (now.operator !== null && now.fresh && now.held !== null) return { ...now, operator: key }; // changed one's mind
      const after = settled(now, value);
      return after.error === null ? { ...after, operator: key, held: parse(after.shown) } : after;
    }
    default:
      return now;
  }
}

/** @param {Calculation} now @param {string} key @returns {Calculation} */
function typed(now, key) {
  const old = now.fresh ? "0" : now.shown;
  if (key === "." && old.includes(".")) return now;
  if (key !== "." && old.replace(/\D/g, "").length >= DIGITS) return now;
  const shown = key === "." ? `${old}.` : old === "0" ? key : old === "-0" ? `-${key}` : old + key;
  return { ...now, shown, fresh: false };
}

/** @param {string} shown */
function shorter(shown) {
  const left = shown.slice(0, -1);
  return left === "" || left === "-" ? "0" : left;
}

/** The waiting operation carried out. @param {Calculation} now @param {Decimal} value @returns {Calculation} */
function settled(now, value) {
  if (now.operator === null || now.held === null) return { ...now, shown: show(value) ?? now.shown, fresh: true };
  if (now.operator === "/" && value.n === 0n) return { ...now, error: "zero" };
  return put(now, work(now.held, now.operator, value));
}

/** @param {Calculation} now @param {Decimal} value @returns {Calculation} */
function put(now, value) {
  const shown = show(value);
  return shown === null ? { ...now, error: "large" } : { ...now, shown, fresh: true };
}

/** @param {Calculation} now @param {Decimal} value @returns {Decimal} */
function percent(now, value) {
  const share = { n: value.n, e: value.e + 2 };
  const added = now.held !== null && (now.operator === "+" || now.operator === "-");
  return added && now.held !== null ? work(now.held, "*", share) : share;
}

/** @param {Decimal} a @param {Operator} operator @param {Decimal} b not 0 for a division @returns {Decimal} */
function work(a, operator, b) {
  if (operator === "*") return { n: a.n * b.n, e: a.e + b.e };
  if (operator === "/") {
    const extra = DIGITS * 2 + b.e;
    return rounded(a.n * 10n ** BigInt(extra + 2), b.n, a.e + extra + 2 - b.e);
  }
  const e = Math.max(a.e, b.e);
  const [x, y] = [a.n * 10n ** BigInt(e - a.e), b.n * 10n ** BigInt(e - b.e)];
  return { n: operator === "+" ? x + y : x - y, e };
}

/** n / d to the nearest whole number, as n / 10^e. @param {bigint} n @param {bigint} d @param {number} e @returns {Decimal} */
function rounded(n, d, e) {
  const sign = n < 0n === d < 0n ? 1n : -1n;
  const [top, bottom] = [n < 0n ? -n : n, d < 0n ? -d : d];
  return { n: sign * ((2n * top + bottom) / (2n * bottom)), e };
}

/** @param {Decimal} value at least 0 @returns {Decimal} */
function root(value) {
  const e = DIGITS * 2 + value.e;
  const square = value.n * 10n ** BigInt(2 * e - value.e);
  if (square === 0n) return { n: 0n, e: 0 };
  let guess = 10n ** BigInt(Math.ceil(String(square).length / 2));
  for (;;) {
    const next = (guess + square / guess) / 2n;
    if (next >= guess) return { n: guess, e };
    guess = next;
  }
}

/** @param {string} shown @returns {Decimal} */
function parse(shown) {
  const [whole = "0", part = ""] = shown.split(".");
  return { n: BigInt(whole + part), e: part.length };
}

/** Its text with at most twelve digits, or null when it is too large. @param {Decimal} value */
function show({ n, e }) {
  let [top, places] = [n < 0n ? -n : n, e];
  if (top >= LIMIT * 10n ** BigInt(places)) return null;
  while (places > 0 && (top >= LIMIT || places >= DIGITS)) {
    const cut = Math.max(1, Math.min(places, Math.max(String(top).length - DIGITS, places - DIGITS + 1)));
    ({ n: top } = rounded(top, 10n ** BigInt(cut), 0));
    places -= cut;
  }
  if (top >= LIMIT * 10n ** BigInt(places)) return null; // it was rounded up into a thirteenth digit
  const digits = String(top).padStart(places + 1, "0");
  const whole = digits.slice(0, digits.length - places);
  const part = digits.slice(digits.length - places).replace(/0+$/, "");
  const text = places > 0 && part ? `${whole}.${part}` : whole;
  return n < 0n && /[1-9]/.test(text) ? `-${text}` : text;
}
