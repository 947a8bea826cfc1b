// Matching: for each line on the left one of the numbered lines on the right; pairs such as A2, or null.

import { nodes } from "../delivery-rich.js";
import { choice, put } from "../delivery-typed.js";

function line(className, mark, content, media) {
  const item = document.createElement("li");
  const letter = document.createElement("span");
  letter.className = "exam-letter";
  letter.textContent = mark;
  const words = document.createElement("span");
  words.className = "exam-option-text";
  words.append(...nodes(content, media));
  item.className = className;
  item.append(letter, words);
  return item;
}

export function render(question, response, texts) {
  const pairs = new Map((Array.isArray(response) ? response : []).map((pair) => [pair[0], pair.slice(1)]));
  const right = document.createElement("ul");
  right.className = "exam-targets";
  right.append(...question.targets.map((each) => line("exam-target", String(each.number), each.content, question.media)));
  const left = document.createElement("ul");
  left.className = "exam-lines";
  left.append(...question.options.map((each) => {
    const item = line("exam-line", each.letter, each.content, question.media);
    const options = question.targets.map(({ number, text }) => [String(number), `${number}. ${text}`]);
    const chosen = choice(put(texts.belongsTo, each), texts.none, options, pairs.get(each.letter) || "");
    const select = chosen.querySelector("select");
    select.dataset.letter = each.letter;
    // Whoever goes from list to list hears the line, and not its letter alone.
    item.querySelector(".exam-option-text").id = `line-${each.letter}`;
    select.setAttribute("aria-describedby", `line-${each.letter}`);
    item.append(chosen);
    return item;
  }));
  return [right, left];
}

export function read(root) {
  const pairs = [...root.querySelectorAll("select")]
    .filter((select) => select.value).map((select) => select.dataset.letter + select.value);
  return pairs.length ? pairs.sort() : null;
}

export const inputFor = () => null;

export function spoken(question) {
  return [...question.options.map((each) => `${each.letter}. ${each.text}`),
    ...question.targets.map((each) => `${each.number}. ${each.text}`)];
}
