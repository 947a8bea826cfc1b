// Time left by the server's clock: shown every second, said at 15, 5 and 1 minutes, standing still while the exam is
// paused, and telling when it is over.

const SAID_AT = [15, 5, 1];
const SAID_FOR_MS = 20000;
const TOGETHER_MS = 2000;
// More time is given in minutes; less than this is the inaccuracy of a slow network.
const MORE_MS = 30000;
const UNSURE_MS = 3000;
// The clock on the wall in China, all year round.
const AHEAD_MS = 8 * 3600 * 1000;

// A moment as the clock on the wall shows it; one of another day is told with its day, for a sitting that was broken
// off may go on tomorrow.
export function onTheWall(moment, now) {
  const told = (language, form) =>
    new Intl.DateTimeFormat(language, { ...form, timeZone: "Asia/Shanghai" }).format(new Date(moment));
  const day = (at) => new Date(at + AHEAD_MS).toISOString().slice(0, 10);
  const time = told("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
  if (day(moment) === day(now)) return time;
  return `${day(moment)} ${told(document.documentElement.lang, { weekday: "short" })} ${time}`;
}

export class Countdown {
  constructor(server, part, texts, listener) {
    Object.assign(this, { server, part, texts, listener });
    this.deadline = null;
    this.stoodAt = null;
    this.saidAt = null;
    this.announcedAt = -Infinity;
    this.unsureSince = null;
    this.unsureFor = 0;
    this.isOver = false;
  }

  // stoodAt: while the exam is paused the deadline moves along; this is the server's moment for which it was told.
  setDeadline(deadline, stoodAt = null) {
    if (!deadline) return;
    const before = this.deadline === null ? Infinity : this.left();
    // A pause began a moment before this page hears of it and gives that moment back: no news.
    const stops = stoodAt !== null && this.stoodAt === null;
    Object.assign(this, { deadline, stoodAt });
    if (!stops && this.left() > before + MORE_MS) {
      this.saidAt = null;
      this.announce(this.texts.moreTime);
    }
    this.tick();
  }

  start() {
    if (!this.timer) this.timer = setInterval(() => this.tick(), 250);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
  }

  // Milliseconds until the deadline; while the exam is paused, as many as there were when it was.
  left() {
    return this.deadline - (this.stoodAt || this.server.now());
  }

  // Over for the server too, however long its messages are on their way.
  isSurelyOver() {
    return this.stoodAt === null && this.server.nowAtLeast() >= this.deadline;
  }

  tick() {
    if (this.deadline === null) return;
    this.lookForJump();
    const left = Math.max(0, Math.ceil(this.left() / 1000));
    this.show(left);
    this.listener.onTick();
    // In a pause nothing is over; if it began in the last moment, the end comes again after it.
    if (this.stoodAt !== null) this.isOver = false;
    if (this.stoodAt !== null) return;
    this.say(left);
    const isOver = left === 0;
    if (isOver === this.isOver) return;
    this.isOver = isOver;
    if (isOver) this.listener.onOver();
  }

  // Where the server answers soon, the right time is there and nothing needs to be said.
  lookForJump() {
    if (this.server.hasJumped()) this.listener.onJump();
    const before = this.unsureFor;
    if (this.server.knowsTime) this.unsureSince = null;
    else if (this.unsureSince === null) this.unsureSince = performance.now();
    this.unsureFor = this.unsureSince === null ? 0 : performance.now() - this.unsureSince;
    const isNews = before < UNSURE_MS && this.unsureFor >= UNSURE_MS;
    if (isNews && this.stoodAt === null) this.announce(this.texts.timeUnsure);
  }

  show(left) {
    const two = (number) => String(number).padStart(2, "0");
    const about = this.server.knowsTime || this.stoodAt !== null ? "" : "≈ ";
    const text = `${about}${Math.floor(left / 3600)}:${two(Math.floor(left / 60) % 60)}:${two(left % 60)}`;
    const shown = this.part("clock");
    if (shown.textContent !== text) shown.textContent = text;
    shown.classList.toggle("is-short", left <= 300);
  }

  // Whoever comes back from sleep, a reload or a pause behind one of the marks is told how much is left now.
  say(left) {
    const due = SAID_AT.filter((minutes) => left <= minutes * 60).pop();
    if (!due || left <= 30 || (this.saidAt !== null && this.saidAt <= due)) return;
    this.saidAt = due;
    const minutes = Math.round(left / 60);
    this.announce(minutes === 1 ? this.texts.lastMinute : this.texts.left.replace("{minutes}", minutes));
  }

  // What was said before is not true any more.
  hush() {
    clearTimeout(this.saying);
    this.part("said").textContent = "";
  }

  // Seen and heard, and gone again after a while; what is said in the same moment stands together.
  announce(text) {
    const said = this.part("said");
    const isFresh = performance.now() - this.announcedAt < TOGETHER_MS;
    if (isFresh && said.textContent.includes(text)) return;
    said.textContent = isFresh && said.textContent ? `${said.textContent} ${text}` : text;
    this.announcedAt = performance.now();
    clearTimeout(this.saying);
    this.saying = setTimeout(() => { said.textContent = ""; }, SAID_FOR_MS);
  }
}
