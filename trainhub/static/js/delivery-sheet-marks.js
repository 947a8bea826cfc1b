// Crosses of an answer sheet: set on their picture as marks are in the exam, and kept in the field of their place.
// Without this script the field takes them as it shows them: ten-thousandths across and down.

import { read, render, spot } from "./types/hazard_spotting.js";

const POINT = /^(0|[1-9]\d{0,4}),(0|[1-9]\d{0,4})$/;
const STATES = ["-", "?"];

const marksIn = (text) => text.trim().split(/[;、\s]+/).filter((each) => POINT.test(each));
const pairs = (marks) => marks.map((each) => each.split(",").map(Number));

function put(field, value) {
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

// Where crosses are set: what is typed into the field shows on the picture, what is set there stands in the field.
function setting(holder, texts) {
  const { picture, said, most } = holder.dataset;
  const field = document.getElementById(holder.dataset.field);
  const question = { scene: [picture, "image/", said], most: Number(most), media: { show: (node) => { node.src = picture; } } };
  const [box] = render(question, marksIn(field.value).slice(0, question.most), texts);
  holder.append(box);
  holder.hidden = false;
  field.addEventListener("input", () => {
    box.marks = pairs(marksIn(field.value).slice(0, question.most));
    box.show();
  });
  box.addEventListener("answered", () => {
    put(field, (read(holder) || []).join(" "));
    const other = holder.closest(".choices");
    if (other) other.querySelector("input[type=radio][value='3']").checked = true;
  });
  box.addEventListener("keydown", (event) => {
    if (STATES.includes(event.key) && !event.ctrlKey && !event.altKey && !event.metaKey) put(field, event.key);
  });
}

// What one reader entered, to be looked at.
function showing(holder) {
  const stage = document.createElement("span");
  stage.className = "exam-stage";
  const picture = document.createElement("img");
  picture.className = "exam-file";
  picture.src = holder.dataset.picture;
  picture.alt = holder.dataset.said;
  const over = document.createElement("span");
  over.className = "exam-stage-over";
  over.append(...pairs(marksIn(holder.dataset.marks)).map((each, index) => spot("exam-mark", each, String(index + 1))));
  stage.append(picture, over);
  holder.append(stage);
  holder.hidden = false;
}

const form = document.querySelector("[data-texts]");
document.querySelectorAll("[data-scene]").forEach((holder) => setting(holder, JSON.parse(form.dataset.texts)));
document.querySelectorAll("[data-marks]").forEach(showing);
