// Hazard spotting: marks on a picture, set by mouse, finger or keys, or at moments of a film; texts such as "1234,5678"
// and "12500", or null while there are none.

import { medium } from "../delivery-rich.js";
import { put } from "../delivery-typed.js";

const WHOLE = 10000;
const NEAR = 400;

// Where each film stood when it was last on the screen: whoever comes back to the question goes on from there.
const stoodAt = new Map();

const isFilm = (question) => question.scene[1].startsWith("video/");

export function render(question, response, texts) {
  const box = document.createElement("div");
  box.className = "exam-hazards";
  box.marks = (Array.isArray(response) ? response : []).map((each) => each.split(",").map(Number));
  const [digest, , said] = question.scene;
  const scene = medium(isFilm(question) ? "video" : "img", digest, said, question.media);
  const hint = text("p", "exam-rule", isFilm(question) ? texts.sceneFilmHint : texts.sceneHint);
  const count = text("p", "exam-marks-count", "");
  count.setAttribute("role", "status");
  const undo = button(texts.sceneUndo, () => { change(box, () => box.marks.pop()); stay(box, undo); });
  const list = document.createElement("ol");
  list.className = "exam-marks";
  const parts = { question, texts, count, undo, list };
  box.show = () => show(box, parts);
  box.most = question.most;
  box.tellFull = () => { count.textContent = put(texts.sceneFull, { most: question.most }); };
  if (isFilm(question)) {
    parts.film = scene;
    box.append(hint, scene, controls(box, scene, digest, texts), undo, count, list);
  } else {
    parts.stage = stage(box, scene, said, texts, parts);
    box.append(hint, parts.stage, undo, count, list);
  }
  box.show();
  return [box];
}

function text(tag, className, words) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = words;
  return made;
}

function button(words, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = words;
  made.addEventListener("click", act);
  return made;
}

function mark(box, place) {
  if (box.marks.length < box.most) change(box, () => box.marks.push(place));
  else box.tellFull();
}

// Where the last mark is gone, so are the buttons that take one back: one goes on where marks are set.
function stay(box, wanted) {
  const found = wanted && !wanted.disabled ? wanted : box.querySelector(".exam-stage, .exam-primary");
  found.focus({ preventScroll: true });
}

// After the end nothing moves any more; before it every change is an answer.
function change(box, act) {
  const field = box.closest("fieldset");
  if (field && field.disabled) return;
  act();
  box.show();
  box.dispatchEvent(new CustomEvent("answered", { bubbles: true }));
}

// ---- the film: playing and marking stand beside each other, so that one tabulator leads from this to that

function controls(box, film, digest, texts) {
  const made = document.createElement("div");
  made.className = "exam-film-controls";
  const play = button(texts.scenePlay, () => {
    if (film.paused) film.play().catch(() => {});
    else film.pause();
  });
  const now = button(texts.sceneNow, () => {
    const moment = Math.round(film.currentTime * 1000);
    if (!box.marks.some(([each]) => each === moment)) mark(box, [moment]);
  });
  now.className = "exam-primary";
  const tell = () => {
    play.disabled = now.disabled = film.readyState < 1;
    play.textContent = film.paused ? texts.scenePlay : texts.scenePause;
  };
  film.addEventListener("loadedmetadata", () => { film.currentTime = stoodAt.get(digest) || 0; });
  film.addEventListener("timeupdate", () => stoodAt.set(digest, film.currentTime));
  ["loadedmetadata", "play", "pause", "ended"].forEach((name) => film.addEventListener(name, tell));
  tell();
  made.append(play, now);
  return made;
}

// ---- the picture

function stage(box, picture, said, texts, parts) {
  const made = document.createElement("div");
  made.className = "exam-stage";
  made.tabIndex = 0;
  made.setAttribute("role", "application");
  made.setAttribute("aria-label", `${said} ${texts.sceneKeys}`);
  picture.draggable = false;
  const over = document.createElement("div");
  over.className = "exam-stage-over";
  made.append(picture, over);
  parts.over = over;
  parts.cross = null;
  made.addEventListener("click", (event) => {
    const rect = picture.getBoundingClientRect();
    const within = (value, start, length) => Math.round(Math.min(Math.max((value - start) / length, 0), 1) * WHOLE);
    parts.cross = null;
    made.focus({ preventScroll: true });
    mark(box, [within(event.clientX, rect.left, rect.width), within(event.clientY, rect.top, rect.height)]);
  });
  made.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !press(event, box, parts)) return;
    event.preventDefault();
    event.stopPropagation();
  });
  return made;
}

// Arrows move the cross, Enter sets a mark there, Delete takes away the mark that lies nearest to it.
function press(event, box, parts) {
  const step = event.shiftKey ? 500 : 100;
  const ways = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
  const [x, y] = parts.cross || [WHOLE / 2, WHOLE / 2];
  if (event.key in ways) {
    const within = (value) => Math.min(Math.max(value, 0), WHOLE);
    parts.cross = [within(x + ways[event.key][0]), within(y + ways[event.key][1])];
    show(box, parts);
    parts.count.textContent = put(parts.texts.sceneAt, { across: Math.round(parts.cross[0] / 100), down: Math.round(parts.cross[1] / 100) });
  } else if (event.key === "Enter" || event.key === " ") mark(box, [x, y]);
  else if (event.key === "Delete" || event.key === "Backspace") {
    const far = ([across, down]) => Math.hypot(across - x, down - y);
    const near = box.marks.filter((each) => far(each) <= NEAR).sort((one, other) => far(one) - far(other))[0];
    if (near) change(box, () => box.marks.splice(box.marks.indexOf(near), 1));
  } else return false;
  return true;
}

// ---- what is marked

export function spot(className, [across, down], words) {
  const made = text("span", className, words);
  made.style.left = `${across / 100}%`;
  made.style.top = `${down / 100}%`;
  return made;
}

const clock = (ms) => `${Math.floor(ms / 60000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, "0")}.${Math.floor(ms / 100) % 10}`;

function show(box, parts) {
  const { question, texts, count, undo, list } = parts;
  if (parts.over) {
    const marks = box.marks.map((each, index) => spot("exam-mark", each, String(index + 1)));
    parts.over.replaceChildren(...marks, ...(parts.cross ? [spot("exam-cross", parts.cross, "")] : []));
  }
  const marks = box.marks.length;
  count.textContent = put(marks === 1 ? texts.sceneCountOne : texts.sceneCount, { count: marks, most: question.most });
  undo.disabled = marks === 0;
  list.replaceChildren(...box.marks.map((each, index) => {
    const item = document.createElement("li");
    const words = parts.film ? clock(each[0]) : put(texts.sceneAt, { across: Math.round(each[0] / 100), down: Math.round(each[1] / 100) });
    const remove = button("×", () => {
      change(box, () => box.marks.splice(index, 1));
      stay(box, (list.children[index] || list.lastElementChild || list).querySelector("button"));
    });
    remove.setAttribute("aria-label", put(texts.sceneRemove, { number: index + 1 }));
    item.append(text("span", "", words), remove);
    return item;
  }));
}

export function read(root) {
  const { marks } = root.querySelector(".exam-hazards");
  return marks.length ? marks.map((each) => each.join(",")) : null;
}

export const inputFor = () => null;

export function spoken(question, texts) {
  return [question.scene[2], isFilm(question) ? texts.sceneFilmHint : texts.sceneHint];
}
