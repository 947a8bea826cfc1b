// Single choice: one letter, or null.

import { byPlace, chosen, lettered, option } from "../delivery-options.js";

export function render(question, response) {
  return question.options.map((each) => option("radio", each.letter, each.letter, each.content, response, question.media));
}

export function read(root) {
  return chosen(root)[0] || null;
}

export const inputFor = byPlace;

export const spoken = lettered;
