// Options to choose from, for types that have them. They are real radio buttons and boxes, so that keyboard and screen
// reader know them.

import { nodes } from "./delivery-rich.js";

export function option(kind, letter, shown, content, response, media) {
  const label = document.createElement("label");
  label.className = "exam-option";
  const input = document.createElement("input");
  input.type = kind;
  input.name = "answer";
  input.value = letter;
  input.checked = Array.isArray(response) ? response.includes(letter) : response === letter;
  const mark = document.createElement("span");
  mark.className = "exam-letter";
  mark.textContent = shown;
  // A sign instead of a letter says no more than the words behind it.
  if (shown !== letter) mark.setAttribute("aria-hidden", "true");
  const words = document.createElement("span");
  words.className = "exam-option-text";
  words.append(...nodes(content, media));
  label.append(input, mark, words);
  return label;
}

export function chosen(root) {
  return [...root.querySelectorAll("input:checked")].map((input) => input.value);
}

// A to L and 1 to 9 by place.
export function byPlace(root, key) {
  const inputs = root.querySelectorAll("input");
  if (/^[A-L]$/.test(key)) return inputs[key.charCodeAt(0) - 65] || null;
  return /^[1-9]$/.test(key) ? inputs[Number(key) - 1] || null : null;
}

export function lettered(question) {
  return question.options.map((each) => `${each.letter}. ${each.text}`);
}
