// Multiple choice: the letters chosen, sorted, or null.

import { byPlace, chosen, lettered, option } from "../delivery-options.js";

export function render(question, response) {
  return question.options.map((each) => option("checkbox", each.letter, each.letter, each.content, response, question.media));
}

export function read(root) {
  const letters = chosen(root).sort();
  return letters.length ? letters : null;
}

export const inputFor = byPlace;

export const spoken = lettered;
