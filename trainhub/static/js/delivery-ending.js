// Handing in, and what is shown afterwards. The page says that something was received only where the server said so.

import { patiently, pause } from "./delivery-server.js";
import { keptText, runs, say } from "./delivery-state.js";

const SPREAD_MS = 4000;
const ASK_AGAIN_MS = 30000;
const UNSENT_MS = 4000;
const LOOK_MS = 1000;
const TAKES_LATE = ["deadline", "sitting_closed"];
const SENTENCES = {
  candidate: "endedCandidate",
  deadline: "endedDeadline",
  sitting_closed: "endedClosed",
  broken_off: "endedBrokenOff",
  misconduct: "endedMisconduct",
  replaced: "endedReplaced",
};

export class Ending {
  constructor(exam) {
    this.exam = exam;
    this.isGoing = false;
    const press = (name, act) => exam.part(name).addEventListener("click", act);
    press("hand-in", () => this.ask());
    press("go-back", () => this.close());
    press("hand-in-now", () => this.handIn());
    exam.part("dialog").addEventListener("close", () => this.giveFocusBack());
  }

  // Chromium 90 leaves the focus in the dialog that is gone, or nowhere; newer ones have given it back already.
  giveFocusBack() {
    const at = document.activeElement;
    if (at === document.body || this.exam.part("dialog").contains(at)) this.exam.part("hand-in").focus();
  }

  close() {
    if (this.exam.part("dialog").open) this.exam.part("dialog").close();
  }

  positions(wanted) {
    const { journal, question } = this.exam;
    const all = question.questions.map((_each, index) => journal.answer(index + 1));
    return runs(all.filter(wanted).map((answer) => answer.position));
  }

  ask() {
    const { part, texts, fill, question } = this.exam;
    const open = this.positions((each) => each.response === null);
    const flagged = this.positions((each) => each.flagged);
    const lacking = this.exam.journal.aside.isFault ? this.exam.journal.unsentPositions() : [];
    part("open-left").textContent = open
      ? fill(texts.openLeft, { list: open }) : fill(texts.allAnswered, { count: question.questions.length });
    part("flagged-left").textContent = flagged ? fill(texts.flaggedLeft, { list: flagged }) : "";
    part("lacking").textContent = lacking.length ? fill(texts.lacking, { list: runs(lacking) }) : "";
    part("lacking").hidden = !lacking.length;
    this.toldFrom = null;
    this.allow();
    part("dialog").showModal();
  }

  // Whether it is early is looked at while the dialog is open: time passes, and a pause gives it back.
  allow() {
    const { part, texts, fill, wall, server, handInFrom } = this.exam;
    const from = server.now() < handInFrom ? handInFrom : 0;
    if (this.isGoing || this.toldFrom === from) return;
    this.toldFrom = from;
    part("hand-in-now").disabled = from > 0;
    part("hand-in-note").textContent = from ? fill(texts.handInFrom, { time: wall(from) }) : "";
  }

  // The candidate hands in: everything made here has to be durable first.
  async handIn() {
    if (this.isGoing) return;
    this.isGoing = true;
    const { part, texts, journal } = this.exam;
    const note = part("hand-in-note");
    // Not switched off: the focus would be lost while the answers are on their way.
    part("hand-in-now").setAttribute("aria-disabled", "true");
    say(note, texts.unsent);
    try {
      await patiently(async () => {
        if (!await journal.settle()) throw new Error("not settled");
        if (this.exam.isPaused || !part("dialog").open) return null;
        return this.exam.ended(await this.tell());
      }, () => say(note, texts.handInFailed));
    } catch (refusal) {
      say(note, refusal.message);
      if (refusal.status === 401) await this.exam.leave(refusal);
    } finally {
      this.isGoing = false;
      part("hand-in-now").removeAttribute("aria-disabled");
    }
  }

  // Hands in. If page and server count otherwise, what the server has is read and what it lacks sent, and then again.
  async tell(isAtEnd = false) {
    const { journal, server } = this.exam;
    try {
      return await server.tell("hand-in", { last_sequence: journal.lastSequence, time_is_over: isAtEnd });
    } catch (refusal) {
      if (refusal.reason !== "gap") throw refusal;
      await journal.realign();
      await journal.settle();
      throw new Error("not all has arrived yet");
    }
  }

  // The time is over. First everything that was made before goes out, for hours if the network needs them; then it is
  // handed in. If the server gave more time meanwhile, the candidate goes on instead.
  async overTime(isSure = false) {
    const { journal, countdown, question } = this.exam;
    this.close();
    if (this.isOver) return;
    this.isOver = true;
    question.lock(true);
    countdown.hush();
    this.showOver();
    await pause(Math.random() * SPREAD_MS * Number(!this.exam.isOffline()));
    await journal.settle();
    for (;;) {
      countdown.tick();
      const goesOn = !isSure && !journal.stopped && (!countdown.isOver || this.exam.isPaused);
      if (goesOn) break;
      const isSent = !journal.unsent && !journal.failures;
      const isReady = journal.stopped || (isSent && (isSure || countdown.isSurelyOver()));
      if (isReady && await this.finish()) return;
      if (!isReady) this.showOver();
      await pause(LOOK_MS);
    }
    this.isOver = false;
    this.exam.part("over").hidden = true;
  }

  // Hands in at the end; returns whether that is settled. A pause that began just before, or more time that was given,
  // and of which this page has not heard, is no end: the server is asked again where the exam stands.
  async finish() {
    try {
      await this.exam.ended(await patiently(() => this.tell(true), () => this.showOver()));
    } catch (refusal) {
      if (refusal.status === 409 && !refusal.reason && !this.exam.journal.stopped) {
        await this.exam.journal.settle();
        return false;
      }
      await this.exam.leave(refusal);
    }
    return true;
  }

  showOver() {
    const { part, texts, journal } = this.exam;
    const text = journal.failures ? keptText(this.exam, "overOffline", { count: journal.unsent }) : texts.over;
    say(part("over"), text);
    part("over").hidden = false;
  }

  // What was kept here and has not arrived, where the ending still takes it.
  async sendLate(standing) {
    const { exam } = this;
    await exam.journal.open(standing);
    if (TAKES_LATE.includes(standing.ending)) exam.journal.aside.offerIfDue(true);
    if (!exam.journal.unsent || !TAKES_LATE.includes(standing.ending)) return standing;
    exam.part("loading").textContent = exam.texts.unsent;
    exam.show("loading");
    while (!await exam.journal.settle() && !exam.journal.stopped) await pause(UNSENT_MS);
    return patiently(() => exam.server.ask("state"), () => {}).catch(() => standing);
  }

  show(standing) {
    const { part, texts, root, journal } = this.exam;
    const left = journal.unsentPositions();
    part("ended").textContent = texts[SENTENCES[standing.ending] || "endedDeadline"];
    this.showReceived(standing);
    part("left").hidden = left.length === 0;
    part("left").textContent = left.length ? keptText(this.exam, "notReceived", { list: runs(left) }) : "";
    this.showLate(standing.late || "none");
    this.showWhatFollows(standing.ending);
    // Whoever was ended for misconduct is told by the centre what follows.
    const result = part("result-comes");
    if (result) result.hidden = standing.ending === "misconduct";
    part("receipt").textContent = standing.receipt;
    part("receipt-link").href = `${root.dataset.receipt}?receipt=${standing.receipt}`;
    part("seal").textContent = standing.seal;
    this.exam.show("ended");
    part("ended").focus();
    if (standing.late === "provisional") this.followLate();
  }

  showReceived(standing) {
    const { part, texts, fill, wall } = this.exam;
    part("received").textContent = fill(texts.received,
      { answered: standing.answered, count: standing.questions, time: wall(standing.ended_at) });
  }

  // Whose exam goes on with a reserve paper signs in again and begins anew: nothing of this page is an end for them.
  showWhatFollows(ending) {
    const { part } = this.exam;
    if (!part("anew")) return;
    part("anew").hidden = ending !== "replaced";
    part("over-for-good").hidden = ending === "replaced";
  }

  showLate(late) {
    const { part, texts } = this.exam;
    part("late").hidden = late === "none";
    part("late").dataset.state = late;
    part("late").textContent = { provisional: texts.lateProvisional, confirmed: texts.lateConfirmed, refused: texts.lateRefused }[late] || "";
  }

  // Whether late answers count is decided by people; the page waits for it as long as it is open.
  async followLate() {
    for (;;) {
      await pause(ASK_AGAIN_MS * (0.8 + Math.random() * 0.4));
      const standing = await this.exam.server.ask("state").catch(() => null);
      if (standing && standing.late !== "provisional") {
        this.showReceived(standing);
        this.showLate(standing.late || "none");
        return;
      }
    }
  }
}
