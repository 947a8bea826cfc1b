// Constructed response: a text of several lines, or null while nothing but blanks is written.

import { cleanLines, put } from "../delivery-typed.js";

const LONGEST = 2000;

// Characters as people count them, one for each Chinese one: what will be saved, without what nobody sees.
const length = (text) => Array.from(cleanLines(text, Infinity)).length;

export function render(question, response, texts) {
  const most = Math.min(question.longest || LONGEST, LONGEST);
  const label = document.createElement("label");
  label.className = "exam-text";
  const name = document.createElement("span");
  name.className = "exam-field-name";
  name.textContent = texts.yourAnswer;
  const area = document.createElement("textarea");
  Object.assign(area, { value: typeof response === "string" ? response : "", rows: 10 });
  area.dataset.most = most;
  area.spellcheck = false;
  area.setAttribute("aria-describedby", "written-count");
  label.append(name, area);
  const count = document.createElement("p");
  count.className = "exam-field-hint";
  count.id = "written-count";
  // Said aloud only when nothing more fits: a count at every key would drown the words. The field itself takes
  // more, for a browser would cut what is pasted without a word.
  const full = document.createElement("p");
  full.className = "exam-rule";
  full.setAttribute("role", "status");
  const show = () => {
    const written = length(area.value);
    count.textContent = put(texts.written, { count: written, most });
    const over = put(written - most === 1 ? texts.writtenOverOne : texts.writtenOver, { over: written - most, most });
    const words = written > most ? over : written === most ? put(texts.writtenFull, { most }) : "";
    area.setAttribute("aria-invalid", String(written > most));
    full.classList.toggle("is-over", written > most);
    if (full.textContent !== words) full.textContent = words;
  };
  area.addEventListener("input", show);
  show();
  return [label, count, full];
}

export function read(root) {
  const area = root.querySelector("textarea");
  const text = cleanLines(area.value, Number(area.dataset.most));
  return text.trim() ? text : null;
}

export const inputFor = () => null;

export function spoken(_question, texts) {
  return [texts.yourAnswer];
}
