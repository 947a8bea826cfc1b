// Time left by the server's clock: shown every second, said at 15, 5 and 1 minutes, and telling when it is over.

const SAID_AT = [15, 5, 1];

export class Countdown {
  constructor(server, shown, said, texts, onOver) {
    Object.assign(this, { server, shown, said, texts, onOver });
    this.deadline = null;
    this.saidAt = null;
    this.isOver = false;
  }

  setDeadline(deadline) {
    if (deadline === null) return;
    if (this.deadline !== null && deadline > this.deadline + 500) this.said.textContent = this.texts.moreTime;
    if (deadline !== this.deadline) this.isOver = false;
    this.deadline = deadline;
    this.tick();
  }

  start() {
    this.timer = setInterval(() => this.tick(), 250);
  }

  stop() {
    clearInterval(this.timer);
  }

  tick() {
    if (this.deadline === null) return;
    const left = Math.max(0, Math.ceil((this.deadline - this.server.now()) / 1000));
    const two = (number) => String(number).padStart(2, "0");
    const text = `${Math.floor(left / 3600)}:${two(Math.floor(left / 60) % 60)}:${two(left % 60)}`;
    if (this.shown.textContent !== text) this.shown.textContent = text;
    this.shown.classList.toggle("is-short", left <= 300);
    this.say(left);
    if (left === 0 && !this.isOver) {
      this.isOver = true;
      this.onOver();
    }
  }

  say(left) {
    const due = SAID_AT.filter((minutes) => left <= minutes * 60 && left > minutes * 60 - 30).pop();
    if (!due || this.saidAt === due) return;
    this.saidAt = due;
    this.said.textContent = due === 1 ? this.texts.lastMinute : this.texts.left.replace("{minutes}", due);
  }
}
