// Keeps the map of seats live: asks every two and a half seconds; a board on which nothing happened costs an empty
// answer. When the answer stays away, the page says that what it shows may be old.

const EVERY_MS = 2500;
const OLD_AFTER_MS = 9000;

const desk = document.getElementById("desk");
const freshness = document.getElementById("desk-freshness");
let tag = null;
let heardAt = performance.now();

function showSeat(facts) {
  const seat = desk.querySelector(`[data-seat="${facts.candidate}"]`);
  if (!seat) return;
  seat.className = `desk-seat desk-${facts.state}`;
  const put = (name, text) => {
    const place = seat.querySelector(`[data-fact="${name}"]`);
    if (place.textContent !== text) place.textContent = text;
  };
  const offline = facts.state === "offline" && facts.unseen_minutes ? ` ${facts.unseen_minutes}′` : "";
  put("shape", facts.shape);
  put("word", facts.word + offline);
  put("progress", facts.questions ? `${facts.answered}/${facts.questions}` : "");
  put("note", `${facts.extra_minutes ? `+${facts.extra_minutes}′ ` : ""}${facts.incidents ? `⚑${facts.incidents}` : ""}`);
}

function showRoom(room) {
  const section = desk.querySelector(`[data-room="${room.room}"]`);
  if (!section) return;
  for (const [state, count] of Object.entries(room.counts)) {
    const place = section.querySelector(`[data-count="${state}"]`);
    if (place && place.textContent !== String(count)) place.textContent = count;
  }
  room.seats.forEach(showSeat);
}

async function ask() {
  const headers = { Accept: "application/json" };
  if (tag) headers["If-None-Match"] = tag;
  const response = await fetch(desk.dataset.board, { headers, cache: "no-store" });
  if (response.status === 304) return;
  if (!response.ok) throw new Error(String(response.status));
  tag = response.headers.get("ETag");
  const board = await response.json();
  if (board.state !== desk.dataset.state) window.location.reload();
  board.rooms.forEach(showRoom);
}

async function live() {
  for (;;) {
    if (!document.hidden) {
      await ask().then(() => { heardAt = performance.now(); }, () => {});
      const old = performance.now() - heardAt > OLD_AFTER_MS;
      freshness.classList.toggle("is-old", old);
      const text = old ? freshness.dataset.lost : freshness.dataset.fresh;
      if (freshness.textContent !== text) freshness.textContent = text;
    }
    await new Promise((resolve) => { setTimeout(resolve, EVERY_MS); });
  }
}

live();
