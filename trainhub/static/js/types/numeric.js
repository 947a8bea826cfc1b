// Numeric: the number as typed and, where there is a choice, a blank and the unit; or null.

import { choice, clean, field } from "../delivery-typed.js";

const LONGEST = 36;

export function render(question, response, texts) {
  const given = typeof response === "string" ? response : "";
  const units = question.units.length > 1 ? question.units : [];
  const unit = units.filter((each) => given.endsWith(` ${each}`)).sort((one, other) => other.length - one.length)[0] || "";
  const number = unit ? given.slice(0, -unit.length - 1) : given;
  const box = document.createElement("div");
  box.className = "exam-number";
  const typed = field(texts.number, number, LONGEST, "decimal");
  const hint = document.createElement("span");
  hint.className = "exam-field-hint";
  hint.id = "number-hint";
  hint.textContent = texts.numberHint;
  typed.querySelector("input").setAttribute("aria-describedby", "number-hint");
  if (question.units.length === 1) {
    const words = document.createElement("span");
    words.className = "exam-unit";
    [words.textContent] = question.units;
    typed.append(words);
  }
  box.append(typed);
  if (units.length) box.append(choice(texts.unit, texts.chooseUnit, units.map((each) => [each, each]), unit));
  box.append(hint);
  return [box];
}

export function read(root) {
  const number = clean(root.querySelector("input").value, LONGEST);
  const select = root.querySelector("select");
  if (!number) return null;
  return select && select.value ? `${number} ${select.value}` : number;
}

export const inputFor = () => null;

export function spoken(question) {
  return question.units;
}
