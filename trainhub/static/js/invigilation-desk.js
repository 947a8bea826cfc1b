// Keeps the map of seats live: asks every 1.4 seconds with the pass of the desk; a board on which nothing happened
// costs an empty answer. Told that the server is busy, it comes again a moment later. Each answer says how old it is;
// when the map is older than it should be, the page says so.

const EVERY_MS = 1400;
const AGAIN_MS = 300;
const AGAIN_SPREAD_MS = 200;
const PATIENCE_MS = 5000;
const OLD_AFTER_MS = 4000;
const PASS_LASTS_MS = 50000;
const STEP_S = 10;
const MINUTES_FROM_S = 600;
const YOUNG_MS = 5000;

const desk = document.getElementById("desk");
const freshness = document.getElementById("desk-freshness");
const words = JSON.parse(desk.dataset.words);
const unseen = new Map();
let tag = null;
let pass = desk.dataset.pass || null;
let passAt = performance.now();
let ahead = 0;
let readAt = 0;
let refusals = 0;
let renewsLater = false;
let over = false;

function put(place, text) {
  if (place && place.textContent !== text) place.textContent = text;
}

// A span in steps of ten seconds, later of a minute: nothing flickers while one looks.
function span(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000 / STEP_S) * STEP_S);
  const facts = { minutes: Math.floor(seconds / 60), seconds: seconds % 60 };
  let form = words.spans.both;
  if (seconds < 60) form = words.spans.seconds;
  else if (seconds >= MINUTES_FROM_S || facts.seconds === 0) form = words.spans.minutes;
  return form.replace("{minutes}", facts.minutes).replace("{seconds}", facts.seconds);
}

function showSpans() {
  const now = Date.now() + ahead;
  unseen.forEach((since, place) => put(place, `${words.states.offline[1]} ${span(now - since)}`));
}

function showMarks(place, found) {
  const text = Object.entries(found).map(([name, number]) => `${name}${number}`).join(" ");
  if (place.dataset.shown === text) return;
  place.dataset.shown = text;
  place.replaceChildren(...Object.entries(found).map(([name, number]) => {
    const mark = document.createElement("span");
    mark.className = `desk-mark desk-mark-${name}`;
    mark.title = words.marks[name][1];
    const sign = document.createElement("span");
    sign.setAttribute("aria-hidden", "true");
    sign.textContent = words.marks[name][0];
    const said = document.createElement("span");
    said.className = "visually-hidden";
    said.textContent = ` ${words.marks[name][1]}`;
    mark.append(sign, String(number), said);
    return mark;
  }));
}

function showSeat(facts) {
  const seat = desk.querySelector(`[data-seat="${facts.candidate}"]`);
  if (!seat) return;
  if (seat.dataset.state !== facts.state) {
    seat.classList.remove(`desk-${seat.dataset.state}`);
    seat.classList.add(`desk-${facts.state}`);
    seat.dataset.state = facts.state;
  }
  const place = (name) => seat.querySelector(`[data-fact="${name}"]`);
  const [shape, word] = words.states[facts.state];
  put(place("shape"), shape);
  if (facts.unseen_since) unseen.set(place("word"), facts.unseen_since);
  else {
    unseen.delete(place("word"));
    put(place("word"), word);
  }
  put(place("progress"), facts.questions ? `${facts.answered}/${facts.questions}` : "");
  put(place("note"), facts.extra_minutes ? `+${facts.extra_minutes}′` : "");
  showMarks(place("marks"), facts.marks || {});
}

function showRoom(room) {
  const section = desk.querySelector(`[data-room="${room.room}"]`);
  if (!section) return;
  Object.entries(room.counts).forEach(([state, count]) => {
    const chip = section.querySelector(`[data-state-count="${state}"]`);
    if (!chip) return;
    const pick = section.querySelector(`[data-choose-state="${state}"]`);
    if (pick) pick.hidden = !count;
    chip.hidden = !count;
    put(chip.querySelector("[data-count]"), String(count));
  });
  (room.seats || []).forEach(showSeat);
  if (room.marks) showMarks(section.querySelector("[data-fact=marks]"), room.marks);
  if ("pressing" in room) section.classList.toggle("is-pressing", room.pressing > 0);
}

// The rooms of a centre come in the order in which they need a look.
function sortRooms(rooms) {
  const places = rooms.map((room) => desk.querySelector(`[data-room="${room.room}"]`)).filter(Boolean);
  const holder = places.length && places[0].closest("[data-sorted]");
  if (!holder) return;
  const stands = Array.from(holder.children);
  const wanted = places.map((place) => place.closest("[data-row]") || place);
  if (wanted.some((row, index) => stands[index] !== row)) wanted.forEach((row) => holder.append(row));
}

// Rooms, state or pauses that the page was not made for: it is made anew, unless somebody is just choosing seats.
function isOtherPage(board) {
  return !board.rooms.every((room) => desk.querySelector(`[data-room="${room.room}"]`))
    || (board.state !== undefined && board.state !== desk.dataset.state)
    || (board.halts !== undefined && board.halts !== desk.dataset.halts);
}

function endWith(text) {
  over = true;
  desk.replaceChildren();
  freshness.classList.add("is-old");
  put(freshness, text);
}

async function fetchBoard(headers) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    return await fetch(desk.dataset.board, { headers, cache: "no-store", signal: patience.signal });
  } finally {
    clearTimeout(timer);
  }
}

// How long to wait after "busy": what the server says and a part of a second, longer each time it says so again.
function untilAgain(response) {
  refusals += 1;
  const span = (AGAIN_MS + Math.random() * AGAIN_SPREAD_MS) * 2 ** (refusals - 1);
  return Number(response.headers.get("Retry-After")) * 1000 + Math.min(span, EVERY_MS);
}

// Asks once; returns in how many milliseconds to come again.
async function ask() {
  const headers = { Accept: "application/json" };
  const askedAt = performance.now();
  const renews = !pass || (askedAt - passAt >= PASS_LASTS_MS && !renewsLater);
  renewsLater = false;
  if (tag) headers["If-None-Match"] = tag;
  if (!renews) headers["X-Desk-Pass"] = pass;
  const next = EVERY_MS * (0.95 + Math.random() * 0.1);
  const response = await fetchBoard(headers);
  if (response.status === 503) {
    // The pass holds some seconds more: the next question shows it once again.
    renewsLater = renews && Boolean(pass);
    return untilAgain(response);
  }
  refusals = 0;
  const fresh = response.headers.get("X-Desk-Pass");
  if (fresh) {
    pass = fresh;
    passAt = performance.now();
  }
  const now = Number(response.headers.get("X-Now"));
  if (now) ahead = now - Date.now();
  const took = performance.now() - askedAt;
  if ([401, 403, 404].includes(response.status)) { endWith(freshness.dataset.gone); return next; }
  if (!response.ok && response.status !== 304) throw new Error(String(response.status));
  const trueAt = askedAt - Number(response.headers.get("X-Age"));
  if (response.status === 304) { readAt = trueAt; return next - took; }
  tag = response.headers.get("ETag");
  const board = await response.json();
  if (isOtherPage(board)) {
    const mayReload = performance.now() > YOUNG_MS && !document.body.classList.contains("is-choosing");
    if (mayReload) window.location.reload();
    tag = null;
    if (mayReload) return next;
  }
  board.rooms.forEach(showRoom);
  sortRooms(board.rooms);
  readAt = trueAt;
  return next - took;
}

function showFreshness() {
  if (over) return;
  const old = performance.now() - readAt > OLD_AFTER_MS;
  freshness.classList.toggle("is-old", old);
  put(freshness, old ? freshness.dataset.lost : freshness.dataset.fresh);
  showSpans();
}

async function look() {
  if (document.hidden || over) return EVERY_MS;
  const next = await ask().catch(() => EVERY_MS);
  showFreshness();
  return next;
}

async function live() {
  while (!over) {
    const next = await look();
    await new Promise((resolve) => { setTimeout(resolve, Math.max(AGAIN_MS, next)); });
  }
}

document.addEventListener("visibilitychange", look);
setInterval(showFreshness, 500);
live();
