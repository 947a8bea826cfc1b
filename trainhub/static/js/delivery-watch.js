// What happens around the exam: noticed, kept on this machine, told to the desk in small lots. It never acts, never
// blocks, and never holds anything back from the candidate; without network it waits and tells later.

import { askForPhotos } from "./delivery-camera.js";

const LOT = 40;
const MOST_KEPT = 300;
const EVERY_MS = 3000;
const LONGEST_PAUSE_MS = 60000;
const SAME_WITHIN_MS = 1000;
const HAND_LASTS_MS = 2000;
const OWN_KEYS_MS = 150;
const SMALLER = 0.7;

class Notebook {
  constructor(attempt, post) {
    this.key = `exam-watch:${attempt}`;
    this.post = post;
    this.failures = 0;
    this.last = new Map();
    this.rows = this.load();
    this.number = 0;
    this.plan();
  }

  load() {
    try {
      const rows = JSON.parse(localStorage.getItem(this.key) || "[]");
      return Array.isArray(rows) ? rows.slice(0, MOST_KEPT) : [];
    } catch (problem) {
      return [];
    }
  }

  keep() {
    try {
      if (this.rows.length) localStorage.setItem(this.key, JSON.stringify(this.rows));
      else localStorage.removeItem(this.key);
    } catch (problem) {
      // Without storage it is told from memory.
    }
  }

  // The number is a moment, so that a reload or another machine never uses one twice.
  note(kind, detail = {}) {
    const now = Date.now();
    const name = `${kind}:${detail.position || ""}`;
    if (now - (this.last.get(name) || 0) < SAME_WITHIN_MS || this.rows.length >= MOST_KEPT) return;
    this.last.set(name, now);
    this.number = Math.max(this.number + 1, now);
    this.rows.push({ number: this.number, kind, at: now, detail });
    this.keep();
  }

  plan() {
    const pause = Math.min(LONGEST_PAUSE_MS, EVERY_MS * 2 ** this.failures) * (0.75 + Math.random() / 2);
    this.timer = setTimeout(() => this.tell(), pause);
  }

  async tell() {
    const lot = this.rows.slice(0, LOT);
    if (lot.length) {
      const now = Date.now();
      const events = lot.map(({ number, kind, at, detail }) => (
        { number, kind, detail, ago_ms: Math.min(86400000, Math.max(0, now - at)) }));
      try {
        await this.post("events", { events });
        this.drop(lot);
      } catch (problem) {
        // 401: this machine is no longer the candidate's. 403: it is turned away for now, and what it noticed is kept
        // until it fits. Any other 4xx: the server will never take this lot.
        if (problem.status === 401) return;
        if (problem.status >= 400 && problem.status < 500 && problem.status !== 403) this.drop(lot);
        else this.failures += 1;
      }
    }
    this.plan();
  }

  drop(lot) {
    this.failures = 0;
    this.rows = this.rows.slice(lot.length);
    this.keep();
  }
}

const whole = (value) => Math.max(0, Math.min(10000000, Math.round(Number(value) || 0)));

function watchWindow(book) {
  let left = null;
  let hidden = null;
  window.addEventListener("blur", () => { left = performance.now(); book.note("focus_lost"); });
  window.addEventListener("focus", () => {
    if (left !== null) book.note("focus_back", { ms: whole(performance.now() - left) });
    left = null;
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      hidden = performance.now();
      book.note("hidden");
    } else {
      book.note("shown", { ms: whole(hidden === null ? 0 : performance.now() - hidden) });
    }
  });
  window.addEventListener("beforeprint", () => book.note("print"));
  document.addEventListener("keyup", (event) => { if (event.key === "PrintScreen") book.note("print"); });
}

// A window that the browser itself makes full (F11, a kiosk) tells of it by the way it is displayed alone.
function watchFullScreen(book) {
  const displayed = window.matchMedia("(display-mode: fullscreen)");
  const isFull = () => displayed.matches || Boolean(document.fullscreenElement);
  let full = isFull();
  book.note(full ? "full_screen" : "windowed");
  const look = () => {
    if (isFull() === full) return;
    full = !full;
    book.note(full ? "full_screen" : "full_screen_left");
  };
  displayed.addEventListener("change", look);
  document.addEventListener("fullscreenchange", look);
}

function watchClipboard(book) {
  for (const kind of ["copy", "cut"]) document.addEventListener(kind, () => book.note(kind));
  document.addEventListener("paste", (event) => {
    const text = event.clipboardData ? event.clipboardData.getData("text") : "";
    // How much, never what.
    book.note("paste", { count: whole(text.length) });
  });
  document.addEventListener("drop", () => book.note("drop"));
  document.addEventListener("contextmenu", () => book.note("context_menu"));
}

function watchScreens(book) {
  let off = false;
  let extended = false;
  let largest = 0;
  const look = () => {
    if (window.screen.isExtended === true && !extended) book.note("second_screen");
    extended = window.screen.isExtended === true;
    const middle = { x: window.screenX + window.outerWidth / 2, y: window.screenY + window.outerHeight / 2 };
    const from = { x: window.screen.availLeft || 0, y: window.screen.availTop || 0 };
    const outside = middle.x < from.x || middle.y < from.y
      || middle.x > from.x + window.screen.availWidth || middle.y > from.y + window.screen.availHeight;
    if (outside && !off) book.note("moved_off");
    off = outside;
    // The outer size, because enlarging the text changes only the inner one.
    const size = window.outerWidth * window.outerHeight;
    if (size < largest * SMALLER) {
      book.note("resized", { width: whole(window.outerWidth), height: whole(window.outerHeight) });
      largest = size;
    }
    largest = Math.max(largest, size);
  };
  look();
  setInterval(look, 5000);
}

// Who presses: a hand (pointer, touch, key), assistive technology (trusted, without any of them), or a program.
function watchHands(root, book) {
  let hand = -Infinity;
  let key = -Infinity;
  const position = () => whole(sessionStorage.getItem(`question:${root.dataset.attempt}`));
  for (const kind of ["pointerdown", "pointerup", "keydown", "keyup", "touchend"]) {
    document.addEventListener(kind, (event) => {
      if (!event.isTrusted) return;
      hand = performance.now();
      if (kind === "keydown") key = hand;
    }, true);
  }
  const pressed = (event) => {
    const options = root.querySelector('[data-part="options"]');
    if (!options || !options.contains(event.target)) return;
    const now = performance.now();
    if (event.isTrusted) {
      const presses = event.type === "click" || (event.type === "change" && event.target.matches("select"));
      if (presses && now - hand > HAND_LASTS_MS) book.note("assisted", { position: position() });
    } else if (now - key > OWN_KEYS_MS) {
      // The page itself presses when a key stands for an answer; everything else untrusted is a program.
      book.note("untrusted", { position: position() });
    }
  };
  for (const kind of ["click", "input", "change"]) document.addEventListener(kind, pressed, true);
}

let book = null;

// Begin to notice; called once the paper is shown. `post(name, body)` tells the server, `left()` is the time that is left.
export function watch(root, post, left) {
  if (book) return;
  book = new Notebook(root.dataset.attempt, post);
  const { screen } = window;
  book.note("machine", {
    width: whole(screen.width), height: whole(screen.height), touch: whole(navigator.maxTouchPoints),
  });
  watchWindow(book);
  watchFullScreen(book);
  watchClipboard(book);
  watchScreens(book);
  watchHands(root, book);
  askForPhotos(root, post, left, {
    onNone: () => book.note("no_camera"), onMissed: () => book.note("photo_missed"),
  });
}
