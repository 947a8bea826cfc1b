// Time left by the server's clock: shown every second, said at 15, 5 and 1 minutes, standing still while the exam is
// paused, and telling when it is over.

const SAID_AT = [15, 5, 1];
const SAID_FOR_MS = 20000;

export class Countdown {
  constructor(server, part, texts, listener) {
    Object.assign(this, { server, part, texts, listener });
    this.deadline = null;
    this.stoodAt = null;
    this.saidAt = null;
    this.isOver = false;
  }

  // stoodAt: while the exam is paused the deadline moves along; this is the server's moment for which it was told.
  setDeadline(deadline, stoodAt = null) {
    if (!deadline) return;
    const ran = this.stoodAt === null && stoodAt === null;
    const isMore = ran && this.deadline !== null && deadline > this.deadline + 500;
    if (isMore) this.announce(this.texts.moreTime);
    if (deadline !== this.deadline) this.saidAt = null;
    this.deadline = deadline;
    this.stoodAt = stoodAt;
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

  tick() {
    if (this.deadline === null) return;
    if (this.server.hasJumped()) this.listener.onJump();
    const left = Math.max(0, Math.ceil(this.left() / 1000));
    this.show(left);
    if (this.stoodAt !== null) return;
    this.say(left);
    const isOver = left === 0;
    if (isOver === this.isOver) return;
    this.isOver = isOver;
    if (isOver) this.listener.onOver();
  }

  show(left) {
    const two = (number) => String(number).padStart(2, "0");
    const text = `${Math.floor(left / 3600)}:${two(Math.floor(left / 60) % 60)}:${two(left % 60)}`;
    const shown = this.part("clock");
    if (shown.textContent !== text) shown.textContent = text;
    shown.classList.toggle("is-short", left <= 300);
  }

  say(left) {
    const due = SAID_AT.filter((minutes) => left <= minutes * 60 && left > minutes * 60 - 30).pop();
    if (!due || this.saidAt === due) return;
    this.saidAt = due;
    this.announce(due === 1 ? this.texts.lastMinute : this.texts.left.replace("{minutes}", due));
  }

  // Seen and heard, and gone again after a while.
  announce(text) {
    const said = this.part("said");
    said.textContent = text;
    clearTimeout(this.saying);
    this.saying = setTimeout(() => { said.textContent = ""; }, SAID_FOR_MS);
  }
}
