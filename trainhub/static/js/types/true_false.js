// True or false: T, F or null.

import { chosen, option } from "../delivery-options.js";

export function render(_question, response, texts) {
  return [
    option("radio", "T", "✓", texts.true, response),
    option("radio", "F", "✗", texts.false, response),
  ];
}

export function read(root) {
  return chosen(root)[0] || null;
}

// T and F, or 1 and 2.
export function inputFor(root, key) {
  const place = Math.max("TF".indexOf(key), "12".indexOf(key));
  return root.querySelectorAll("input")[place] || null;
}

export function spoken(_question, texts) {
  return [texts.true, texts.false];
}
