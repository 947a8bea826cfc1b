// Choosing seats on the map: tap in the choosing mode, hold a seat to begin it, shift for a row of seats, a whole room,
// or everybody in one state. What is done for the chosen stands in the panel below.

const HOLD_MS = 550;

const desk = document.getElementById("desk");
const panel = document.getElementById("desk-acts");
const mode = document.getElementById("desk-choose");
const chosen = document.getElementById("desk-chosen");
const other = document.getElementById("desk-act-other");
const acts = Array.from(panel.querySelectorAll("input[name=act]"));
const boxes = Array.from(desk.querySelectorAll(".desk-pick input"));
let last = null;
let held = false;

const seatOf = (box) => box.closest(".desk-seat");

function show() {
  boxes.forEach((box) => seatOf(box).classList.toggle("is-chosen", box.checked));
  const count = boxes.filter((box) => box.checked).length;
  chosen.textContent = String(count);
  document.getElementById("desk-act-do").disabled = !count;
}

function setMode(on) {
  document.body.classList.toggle("is-choosing", on);
  mode.setAttribute("aria-pressed", String(on));
  mode.textContent = on ? mode.dataset.end : mode.dataset.choose;
  if (!on) boxes.forEach((box) => { box.checked = false; });
  show();
}

// A form that came back with something to mend comes back with its seats; what a browser remembers of another time does
// not count.
const cameBack = "cameBack" in panel.dataset;

const isChoosing = () => document.body.classList.contains("is-choosing");

// Chosen all: choose none. Otherwise choose all.
function toggle(some) {
  const on = some.some((box) => !box.checked);
  some.forEach((box) => { box.checked = on; });
  show();
}

function choose(box, withRow) {
  box.checked = !box.checked;
  if (withRow && last) {
    const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((one, other) => one - other);
    boxes.slice(from, to + 1).forEach((each) => { each.checked = box.checked; });
  }
  last = box;
  show();
}

desk.addEventListener("click", (event) => {
  const seat = event.target.closest(".desk-seat");
  if (!seat) return;
  if (held) {
    held = false;
    event.preventDefault();
    return;
  }
  if (!isChoosing() || event.target.closest(".desk-pick")) return;
  event.preventDefault();
  choose(seat.querySelector(".desk-pick input"), event.shiftKey);
});

boxes.forEach((box) => box.addEventListener("change", () => { last = box; show(); }));

let waiting = null;
const stopWaiting = () => clearTimeout(waiting);
desk.addEventListener("pointerdown", (event) => {
  const seat = event.target.closest(".desk-seat");
  if (!seat || isChoosing()) return;
  held = false;
  waiting = setTimeout(() => {
    held = true;
    setMode(true);
    choose(seat.querySelector(".desk-pick input"), false);
  }, HOLD_MS);
});
["pointerup", "pointercancel", "pointermove", "pointerleave"].forEach((name) => {
  desk.addEventListener(name, (event) => {
    if (name !== "pointermove" || Math.abs(event.movementX) + Math.abs(event.movementY) > 4) stopWaiting();
  });
});
desk.addEventListener("contextmenu", (event) => {
  if (held || isChoosing()) event.preventDefault();
});

desk.querySelectorAll(".desk-room").forEach((room) => {
  const own = Array.from(room.querySelectorAll(".desk-pick input"));
  room.querySelector("[data-choose-room]").addEventListener("click", () => toggle(own));
  room.querySelectorAll("[data-choose-state]").forEach((button) => {
    button.addEventListener("click", () => {
      const some = own.filter((box) => seatOf(box).dataset.state === button.dataset.chooseState);
      if (some.length) toggle(some);
    });
  });
});

// Of the fields only those that the chosen act asks for. What lacks is asked for here, where the seats stay chosen; what
// is not shown holds nothing up.
function showFields() {
  const act = panel.querySelector("input[name=act]:checked");
  panel.classList.toggle("has-act", Boolean(act));
  acts.forEach((each) => each.closest(".desk-act").classList.toggle("is-other", each !== act));
  panel.querySelectorAll("[data-for]").forEach((part) => {
    part.hidden = !act || !part.dataset.for.split(" ").includes(act.value);
  });
  const { minutes, why, text, documents_seen: documentsSeen } = panel.elements;
  documentsSeen.required = Boolean(act) && act.value === "admit";
  minutes.required = Boolean(act) && act.value === "extend";
  minutes.disabled = !minutes.required;
  const asksWhy = !why.closest("[data-for]").hidden;
  const least = { note: 2, record: 10 }[act ? act.value : ""] || (asksWhy && why.value === "other" ? 4 : 0);
  text.required = least > 0;
  text.minLength = least;
}

// Where a small screen shows the chosen act alone, this brings the others back.
function chooseAnother() {
  acts.forEach((each) => { each.checked = false; });
  showFields();
  acts[0].focus();
}

panel.addEventListener("change", showFields);
other.addEventListener("click", chooseAnother);
other.hidden = false;
mode.addEventListener("click", () => setMode(!isChoosing()));
mode.hidden = false;
setMode(cameBack);
showFields();
