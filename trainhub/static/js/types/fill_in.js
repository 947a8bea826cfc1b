// Fill-in: a text for each blank in the order of the question, or null while all are empty.

import { mapTexts } from "../delivery-rich.js";
import { clean, field, put } from "../delivery-typed.js";

const LONGEST = 100;

const numbered = (question) => Array.from({ length: question.blanks }, (_none, index) => index + 1);

// Each blank in the question carries the number of its field.
export function stem(question) {
  let number = 0;
  return mapTexts(question.stem, (text) => text.replace(/_{2,}/g, () => { number += 1; return `__(${number})__`; }));
}

export function render(question, response, texts) {
  const given = Array.isArray(response) ? response : [];
  return numbered(question).map((number) => (
    field(put(texts.blank, { number }), given[number - 1] || "", LONGEST)));
}

export function read(root) {
  const given = [...root.querySelectorAll("input")].map((input) => clean(input.value, LONGEST));
  return given.some(Boolean) ? given : null;
}

export const inputFor = () => null;

export function spoken(question, texts) {
  return numbered(question).map((number) => put(texts.blank, { number }));
}
