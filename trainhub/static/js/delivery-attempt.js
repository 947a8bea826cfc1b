// The candidate's page: one question at a time, a map of all, the time, and whether everything is saved.

import { Countdown } from "./delivery-clock.js";
import { applySettings, onSettings } from "./delivery-display.js";
import { Journal } from "./delivery-journal.js";
import { QuestionMap } from "./delivery-map.js";
import { TYPES, inputForKey } from "./delivery-questions.js";
import { Refusal, Server } from "./delivery-server.js";
import { Store } from "./delivery-store.js";
import { OneWindow } from "./delivery-window.js";

const root = document.getElementById("exam");
const texts = JSON.parse(root.dataset.texts);
const part = (name) => root.querySelector(`[data-part="${name}"]`);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
const clock = new Intl.DateTimeFormat("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai" });
const wall = (moment) => clock.format(new Date(moment));
const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

const server = new Server(root.dataset.base, root.dataset.attempt);
const store = new Store(root.dataset.attempt);

let questions = [];
let current = 1;
let shownAt = 0;
let handInFrom = 0;
let handingIn = false;
let touched = { how: "none", at: -Infinity };

const journal = new Journal(server, store, {
  onState: () => { showState(); map.show(current); },
  onAcknowledged: (taken) => { countdown.setDeadline(taken.deadline); },
  onRefused: (refusal) => { leave(refusal); },
  onTrouble: (problem) => { console.error(problem); },
  onDifference: () => { part("differs").hidden = false; },
});
const map = new QuestionMap(part, journal, texts, (position) => go(position));
const countdown = new Countdown(server, part("clock"), part("said"), texts, () => { overTime(); });

// ---- one view at a time: waiting, working, ended, blocked

function show(view) {
  for (const each of root.querySelectorAll("[data-view]")) each.hidden = each.dataset.view !== view;
}

function block(text) {
  part("blocked").textContent = text;
  show("blocked");
}

async function leave(refusal) {
  journal.stop();
  if (refusal.status === 401) {
    countdown.stop();
    block(texts.moved);
    return;
  }
  if (refusal.reason === "deadline") {
    overTime();
    return;
  }
  await follow();
}

// ---- before: wait until the sitting is open, then begin

async function follow() {
  for (;;) {
    try {
      const standing = await server.ask("state");
      if (standing.state === "handed_in") return ended(standing);
      if (standing.state === "working") return await work();
      waiting(standing);
    } catch (problem) {
      if (problem instanceof Refusal && problem.status === 401) return block(texts.moved);
    }
    await pause(3000 + Math.random() * 2000);
    if (begun) return undefined;
  }
}

let begun = false;

function waiting(standing) {
  show("waiting");
  part("start").disabled = !standing.may_start;
  part("start-note").textContent = standing.may_start
    ? texts.mayBegin : fill(texts.begins, { time: wall(standing.starts_at) });
}

async function begin() {
  part("start").disabled = true;
  try {
    await server.tell("start");
    begun = true;
    await work();
  } catch (problem) {
    part("start-note").textContent = problem instanceof Refusal ? problem.message : texts.loadFailed;
    part("start").disabled = false;
  }
}

// ---- working

let open = false;

async function work() {
  begun = true;
  if (open) return;
  open = true;
  show("loading");
  const paper = await fetchPaper();
  if (!paper) return;
  questions = paper.questions;
  handInFrom = paper.hand_in_from;
  await journal.open(paper);
  part("no-store").hidden = store.isKeeping;
  map.draw(questions.length);
  show("working");
  const kept = Number(sessionStorage.getItem(`question:${root.dataset.attempt}`));
  go(kept >= 1 && kept <= questions.length ? kept : 1, false);
  showState();
  countdown.setDeadline(paper.deadline);
  countdown.start();
}

async function fetchPaper() {
  for (;;) {
    try {
      return await server.tell("paper");
    } catch (problem) {
      if (problem instanceof Refusal) {
        open = false;
        if (problem.status === 401) block(texts.moved);
        else await endedFromServer();
        return null;
      }
      part("loading").textContent = texts.loadFailed;
      await pause(1000 + Math.random() * 3000);
    }
  }
}

function question() {
  return questions[current - 1];
}

function go(position, focus = true) {
  current = Math.min(Math.max(1, position), questions.length);
  sessionStorage.setItem(`question:${root.dataset.attempt}`, String(current));
  const each = question();
  const { response } = journal.answer(current);
  part("position").textContent = fill(texts.position, { position: current, count: questions.length });
  part("type").textContent = `${texts[each.type]} · ${fill(texts.marks, { marks: each.marks })}`;
  part("stem").textContent = each.stem;
  part("options").replaceChildren(...TYPES[each.type].render(each, response, texts));
  showChosen();
  part("previous").disabled = current === 1;
  part("next").disabled = current === questions.length;
  showFlag();
  map.show(current);
  shownAt = performance.now();
  if (focus) part("heading").focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

function how() {
  return performance.now() - touched.at < 2000 ? touched.how : "none";
}

function showChosen() {
  for (const label of part("options").children) {
    label.classList.toggle("is-chosen", label.querySelector("input").checked);
  }
}

function answer() {
  showChosen();
  const { flagged } = journal.answer(current);
  const response = TYPES[question().type].read(part("options"));
  journal.record(current, response, flagged, how(), performance.now() - shownAt);
}

function flag() {
  const { response, flagged } = journal.answer(current);
  journal.record(current, response, !flagged, how(), performance.now() - shownAt);
  showFlag();
}

function takeBack() {
  const { response, flagged } = journal.answer(current);
  if (response === null) return;
  journal.record(current, null, flagged, how(), performance.now() - shownAt);
  go(current, false);
}

function showFlag() {
  const { flagged } = journal.answer(current);
  part("flag").setAttribute("aria-pressed", String(flagged));
  part("flag").textContent = flagged ? texts.unflag : texts.flag;
}

// ---- the state of saving

function showState() {
  const state = journal.state();
  const sign = part("saving");
  const offline = journal.unsent ? fill(texts.offline, { count: journal.unsent }) : texts.offlineSaved;
  const text = { saved: texts.saved, saving: texts.saving, offline }[state];
  sign.dataset.state = state;
  if (sign.textContent !== text) sign.textContent = text;
}

// ---- handing in

// The positions of which something is true, runs drawn together: 3–70, 74.
function listOf(wanted) {
  const runs = [];
  for (const { position } of questions.filter((each) => wanted(journal.answer(each.position)))) {
    const last = runs[runs.length - 1];
    if (last && last[1] === position - 1) last[1] = position;
    else runs.push([position, position]);
  }
  return runs.map(([from, to]) => (from === to ? from : `${from}–${to}`)).join(", ");
}

function askToHandIn() {
  const openLeft = listOf((each) => each.response === null);
  const flagged = listOf((each) => each.flagged);
  part("open-left").textContent = openLeft
    ? fill(texts.openLeft, { list: openLeft }) : fill(texts.allAnswered, { count: questions.length });
  part("flagged-left").textContent = flagged ? fill(texts.flaggedLeft, { list: flagged }) : "";
  const early = server.now() < handInFrom;
  part("hand-in-now").disabled = early;
  part("hand-in-note").textContent = early ? fill(texts.handInFrom, { time: wall(handInFrom) }) : "";
  part("dialog").showModal();
}

async function overTime() {
  if (part("dialog").open) part("dialog").close();
  part("over").hidden = false;
  part("over").textContent = texts.over;
  for (const each of part("options").querySelectorAll("input")) each.disabled = true;
  await handIn();
}

async function handIn() {
  if (handingIn) return;
  handingIn = true;
  const note = part("hand-in-note");
  for (;;) {
    note.textContent = texts.unsent;
    const settled = journal.stopped || await journal.settle();
    try {
      if (settled || countdown.isOver) {
        const standing = await server.tell("hand-in", { last_sequence: journal.lastSequence });
        return ended(standing);
      }
      note.textContent = texts.handInFailed;
    } catch (problem) {
      note.textContent = problem instanceof Refusal ? problem.message : texts.handInFailed;
      if (problem instanceof Refusal && !countdown.isOver) {
        handingIn = false;
        if (problem.status === 401) await leave(problem);
        return undefined;
      }
    }
    await pause(1000 + Math.random() * 3000);
  }
}

async function endedFromServer() {
  const standing = await server.ask("state").catch(() => null);
  if (standing && standing.state === "handed_in") ended(standing);
  else block(texts.loadFailed);
}

function ended(standing) {
  journal.stop();
  countdown.stop();
  store.load().then(() => store.clear());
  if (part("dialog").open) part("dialog").close();
  const sentences = { candidate: "endedCandidate", deadline: "endedDeadline", sitting_closed: "endedClosed",
    misconduct: "endedMisconduct" };
  part("ended").textContent = texts[sentences[standing.ending]];
  part("received").textContent = fill(texts.received,
    { answered: standing.answered, count: standing.questions, time: wall(standing.ended_at) });
  part("receipt").textContent = standing.receipt;
  part("receipt-link").href = `${root.dataset.receipt}?receipt=${standing.receipt}`;
  part("seal").textContent = standing.seal;
  show("ended");
  part("ended").focus();
}

// ---- keys, pointer, settings

function onKey(event) {
  if (event.isTrusted) touched = { how: "key", at: performance.now() };
  const typing = event.ctrlKey || event.metaKey || event.altKey || part("dialog").open;
  if (typing || !questions.length || root.querySelector('[data-view="working"]').hidden) return;
  if (event.target.closest && event.target.closest("select, textarea")) return;
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  const input = inputForKey(part("options"), question().type, key);
  if (key === "ArrowRight" || key === "PageDown") go(current + 1);
  else if (key === "ArrowLeft" || key === "PageUp") go(current - 1);
  else if (input) {
    if (!input.disabled) input.click();
  } else if (key === "G" || key === "F") flag();
  else return;
  event.preventDefault();
}

function onPointer(event) {
  if (event.isTrusted) touched = { how: event.pointerType === "touch" ? "touch" : "pointer", at: performance.now() };
}

function wire() {
  document.addEventListener("keydown", onKey);
  document.addEventListener("pointerdown", onPointer, true);
  window.addEventListener("online", () => { journal.failures = Math.min(journal.failures, 1); journal.pump(); });
  window.addEventListener("offline", () => { journal.failures = Math.max(journal.failures, 1); showState(); });
  document.addEventListener("visibilitychange", () => { if (open && !document.hidden) journal.pump(); });
  const press = (name, action) => part(name).addEventListener("click", action);
  press("start", begin);
  press("previous", () => go(current - 1));
  press("next", () => go(current + 1));
  press("flag", flag);
  press("take-back", takeBack);
  press("hand-in", askToHandIn);
  press("go-back", () => part("dialog").close());
  press("hand-in-now", handIn);
  press("map-toggle", () => map.toggle());
  part("options").addEventListener("change", answer);
  onSettings(part);
  applySettings(part);
}

wire();
new OneWindow(root.dataset.attempt).hold(
  () => { if (open) window.location.reload(); else follow(); },
  (worked) => {
    if (worked) journal.stop();
    block(texts.elsewhere);
  },
);
