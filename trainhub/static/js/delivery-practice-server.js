// A pretended server for practice: it lives in this window, takes what the real one takes, and forgets everything when
// the window is closed. Slow network, a pulled plug and a pause are played on it.

import { Refusal, Unreachable, pause } from "./delivery-server.js";

const KEPT = "exam-practice";
const MINUTES = 20;
const QUICK_MS = 150;
const SLOW_MS = 3000;

export class PracticeServer {
  constructor(questions) {
    this.attempt = "practice";
    this.questions = questions;
    this.isPlugged = true;
    this.isSlow = false;
    const scenes = questions.filter((each) => each.scene).map((each) => each.scene[0]);
    this.files = new Map(scenes.map((each) => [each, fetch(each).then((response) => response.blob())]));
    this.load();
  }

  load() {
    const fresh = { state: "admitted", changes: [], deadline: null, pausedAt: null, ending: null, endedAt: null, late: "none" };
    try {
      this.facts = { ...fresh, ...JSON.parse(sessionStorage.getItem(KEPT) || "{}") };
    } catch (problem) {
      this.facts = fresh;
    }
  }

  save() {
    try {
      sessionStorage.setItem(KEPT, JSON.stringify(this.facts));
    } catch (problem) {
      // Practice then begins anew with each reload.
    }
  }

  forget() {
    sessionStorage.removeItem(KEPT);
  }

  now() {
    return Date.now();
  }

  nowAtLeast() {
    return this.now();
  }

  get knowsTime() {
    return true;
  }

  hasJumped() {
    return false;
  }

  async ask() {
    await this.travel();
    return { ...this.standing(), may_start: true, starts_at: this.now() };
  }

  async form() {
    await this.travel();
    return { questions: this.questions };
  }

  // Files of practice lie beside the page's own and come with it; nothing is asked later.
  async medium(_form, address) {
    await this.travel();
    return this.files.get(address);
  }

  async tell(name, body) {
    await this.travel();
    const answer = { start: () => this.start(), journal: () => this.journal(body), "hand-in": () => this.handIn() }[name]();
    this.save();
    await this.travel();
    return answer;
  }

  async travel() {
    if (!this.isPlugged) throw new Unreachable("the plug is pulled");
    await pause(this.isSlow ? SLOW_MS * (0.5 + Math.random()) : QUICK_MS);
    if (!this.isPlugged) throw new Unreachable("the plug is pulled");
  }

  // ---- what the real server does, without its care

  start() {
    if (this.facts.state === "admitted") {
      Object.assign(this.facts, { state: "working", deadline: this.now() + MINUTES * 60000 });
    }
    const places = (list) => (list || []).map((_each, place) => place);
    const order = this.questions.map((each, number) => [number, places(each.options), places(each.targets)]);
    const newest = new Map(this.facts.changes.map((change) => [change.position, change]));
    return { ...this.standing(), form: { address: "", order }, answers: [...newest.values()], hand_in_from: 0 };
  }

  journal({ changes, beacon }) {
    const isLate = changes.length > 0 && this.now() > this.deadline();
    if (isLate && !beacon) throw new Refusal(409, { reason: "deadline" });
    for (const change of changes) this.facts.changes[change.sequence - 1] = change;
    if (isLate) {
      this.end("deadline");
      this.facts.late = "provisional";
    }
    const links = {};
    for (const { sequence } of changes) links[sequence] = `practice-${sequence}`;
    return { ...this.standing(), links, late: isLate };
  }

  handIn() {
    this.end(this.now() >= this.deadline() ? "deadline" : "candidate");
    return this.standing();
  }

  end(ending) {
    if (this.facts.state === "handed_in") return;
    Object.assign(this.facts, { state: "handed_in", ending, endedAt: this.now() });
  }

  deadline() {
    const { deadline, pausedAt } = this.facts;
    return pausedAt ? deadline + this.now() - pausedAt : deadline;
  }

  standing() {
    const { state, changes, pausedAt, ending, endedAt, late } = this.facts;
    const now = this.now();
    const facts = {
      state: pausedAt && state === "working" ? "paused" : state,
      now,
      deadline: this.facts.deadline && this.deadline(),
      last_sequence: changes.length,
      head: changes.length ? `practice-${changes.length}` : "",
      paused: pausedAt && state === "working" ? { kind: "pause", since: pausedAt, resumes_at: null } : null,
      beacon: { at: now },
    };
    if (state !== "handed_in") return facts;
    const newest = new Map(changes.map((change) => [change.position, change.response]));
    const answered = [...newest.values()].filter((response) => response !== null).length;
    const seal = "practice ".repeat(7).trim();
    return { ...facts, ending, ended_at: endedAt, receipt: "TRY0-TRY0-TRY0", seal, answered, questions: this.questions.length, late };
  }

  // ---- what the buttons play

  setPaused(isPaused) {
    const { facts } = this;
    if (facts.state !== "working" || isPaused === Boolean(facts.pausedAt)) return;
    if (isPaused) facts.pausedAt = this.now();
    else Object.assign(facts, { deadline: this.deadline(), pausedAt: null });
    this.save();
  }

  leave(seconds) {
    if (this.facts.state !== "working" || this.facts.pausedAt) return;
    this.facts.deadline = this.now() + seconds * 1000;
    this.save();
  }
}
