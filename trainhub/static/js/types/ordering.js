// Ordering: lines that buttons move up and down; the letters in the order given, or null while nobody has said that
// the order shown is an answer.

import { nodes } from "../delivery-rich.js";
import { put } from "../delivery-typed.js";

export function render(question, response, texts) {
  const list = document.createElement("ol");
  list.className = "exam-lines";
  list.dataset.answered = String(Array.isArray(response));
  const by = new Map(question.options.map((each) => [each.letter, each]));
  const order = Array.isArray(response) ? response.map((letter) => by.get(letter)) : question.options;
  list.append(...order.map((each) => row(each, texts, question.media)));
  const said = document.createElement("p");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  const take = document.createElement("button");
  take.type = "button";
  take.textContent = texts.takeOrder;
  const state = document.createElement("p");
  state.className = "exam-rule";
  list.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button && !button.disabled) move(list, button, said, texts);
    show(list, take, state, texts);
  });
  take.addEventListener("click", () => {
    answer(list);
    show(list, take, state, texts);
    said.textContent = texts.orderTaken;
    list.querySelector("button:enabled").focus();
  });
  show(list, take, state, texts);
  return [list, state, take, said];
}

function row({ letter, text, content }, texts, media) {
  const item = document.createElement("li");
  item.className = "exam-line";
  item.dataset.letter = letter;
  item.dataset.text = text;
  const mark = document.createElement("span");
  mark.className = "exam-letter";
  mark.textContent = letter;
  const words = document.createElement("span");
  words.className = "exam-option-text";
  words.append(...nodes(content, media));
  const moves = document.createElement("span");
  moves.className = "exam-moves";
  for (const [way, sign, name] of [["up", "↑", texts.moveUp], ["down", "↓", texts.moveDown]]) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: sign });
    button.dataset.way = way;
    button.setAttribute("aria-label", put(name, { text: `${letter}. ${text}` }));
    moves.append(button);
  }
  item.append(mark, words, moves);
  return item;
}

// The focus goes along with the line; where a line cannot go further, it waits at the other button.
function move(list, button, said, texts) {
  const item = button.closest("li");
  if (button.dataset.way === "up") item.previousElementSibling.before(item);
  else item.nextElementSibling.after(item);
  answer(list);
  const place = [...list.children].indexOf(item) + 1;
  const { letter, text } = item.dataset;
  said.textContent = put(texts.movedTo, { text: `${letter}. ${text}`, place, count: list.children.length });
  ends(list);
  (button.disabled ? item.querySelector("button:enabled") : button).focus();
}

function answer(list) {
  list.dataset.answered = "true";
  // Not an event of a hand: what was pressed has been noticed already.
  list.dispatchEvent(new CustomEvent("answered", { bubbles: true }));
}

function ends(list) {
  for (const item of list.children) {
    item.querySelector('[data-way="up"]').disabled = !item.previousElementSibling;
    item.querySelector('[data-way="down"]').disabled = !item.nextElementSibling;
  }
}

function show(list, take, state, texts) {
  const isAnswered = list.dataset.answered === "true";
  ends(list);
  take.hidden = isAnswered;
  state.textContent = isAnswered ? texts.orderTaken : texts.orderOpen;
}

export function read(root) {
  const list = root.querySelector("ol");
  return list.dataset.answered === "true" ? [...list.children].map((item) => item.dataset.letter) : null;
}

export const inputFor = () => null;

export function spoken(question) {
  return question.options.map((each) => `${each.letter}. ${each.text}`);
}
