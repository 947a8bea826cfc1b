// The candidate's page: one question at a time, a map of all, the time, and whether everything is saved. The same for
// the exam and for practice; what differs is the server it is given.

import { Countdown, onTheWall } from "./delivery-clock.js";
import { applySettings, keysAreOn, onSettings } from "./delivery-display.js";
import { Ending } from "./delivery-ending.js";
import { Journal } from "./delivery-journal.js";
import { QuestionMap } from "./delivery-map.js";
import { Media } from "./delivery-media.js";
import { QuestionView, inOrder } from "./delivery-question.js";
import { digestsIn } from "./delivery-rich.js";
import { Refusal, patiently, pause } from "./delivery-server.js";
import { cutOff, keptText, runs, say, showPause, showState, tellAside, tellOf } from "./delivery-state.js";

const WAITING_MS = 20000;
const SOON_MS = 4000;

export class Exam {
  constructor(root, server, store, types) {
    Object.assign(this, { root, server, store });
    this.texts = JSON.parse(root.dataset.texts);
    this.part = (name) => root.querySelector(`[data-part="${name}"]`);
    this.fill = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
    this.wall = (moment) => onTheWall(moment, server.now());
    this.handInFrom = 0;
    this.isOpen = false;
    this.isEnded = false;
    this.isPaused = false;
    this.journal = new Journal(server, store, {
      onState: () => this.onState(),
      onAcknowledged: (taken) => this.onAcknowledged(taken),
      onRefused: (refusal) => this.leave(refusal),
      onTrouble: (problem) => { console.error(problem); },
      onDifference: () => { this.part("differs").hidden = false; },
      onOvertaken: (positions) => tellOf(this, "overtaken", positions),
      onSetAside: (positions, isFault) => tellAside(this, positions, isFault),
      onReread: () => { if (this.isOpen) this.question.reread(); },
    });
    store.onKeeping = (isKeeping) => { this.part("no-store").hidden = isKeeping; };
    store.onKept = () => { if (this.isOffline() || this.journal.aside.isFault) this.onState(); };
    this.question = new QuestionView(this.part, types, this.journal, this.texts, document.documentElement.lang);
    this.map = new QuestionMap(this.part, this.journal, this.texts, (position) => this.question.go(position));
    this.question.onShown = (position) => { this.remember(position); this.map.show(position); };
    this.countdown = new Countdown(server, this.part, this.texts, {
      onOver: () => this.ending.overTime(),
      onJump: () => this.journal.pump(),
      onTick: () => this.ending.allow(),
    });
    this.ending = new Ending(this);
    this.wire();
  }

  // ---- one view at a time: loading, waiting, working, paused, ended, blocked

  show(view) {
    this.view = view;
    for (const each of this.root.querySelectorAll("[data-view]")) {
      each.hidden = !each.dataset.view.split(" ").includes(view);
    }
    if (view !== "working") this.question.reader.stop();
    this.root.dispatchEvent(new CustomEvent("exam-view", { detail: view }));
  }

  block(text) {
    const left = this.journal.unsentPositions();
    this.countdown.stop();
    this.ending.close();
    this.looks = (this.looks || 0) + 1;
    say(this.part("blocked"), text);
    say(this.part("blocked-left"), left.length ? keptText(this, "blockedLeft", { list: runs(left) }) : "");
    if (this.view === "blocked") return;
    this.show("blocked");
    this.part("blocked-title").focus();
  }

  isOffline() {
    return this.journal.failures > 0;
  }

  // What was typed a moment ago is kept on this machine; nothing more is recorded, so nothing can be written.
  stop() {
    if (this.isOpen) this.question.lock(true);
    this.journal.stop();
  }

  // The server said no. Where the exam stands decides what comes next.
  async leave(refusal) {
    if (this.isEnded) return void this.journal.stop();
    this.stop();
    if (refusal.status === 401 || refusal.status === 403) {
      this.block(refusal.status === 401 ? cutOff(this, refusal) : refusal.message);
      return void (refusal.status === 403 && await this.comeAgain());
    }
    // Too late and without proof of when it was made: the server takes nothing more; hand in what it has.
    if (refusal.reason === "deadline" && this.isOpen) await this.ending.overTime(true);
    else await this.follow();
  }

  // Turned away because of the machine or its network: as soon as it fits, the exam goes on by itself.
  async comeAgain() {
    this.turnedAway = (this.turnedAway || 0) + 1;
    const look = this.looks;
    await pause(Math.min(WAITING_MS, SOON_MS / 2 * 2 ** this.turnedAway) * (0.5 + Math.random() / 2));
    if (look === this.looks) await this.follow();
  }

  // ---- before: wait until the sitting is open, then begin

  async follow() {
    this.looks = (this.looks || 0) + 1;
    const look = this.looks;
    for (;;) {
      let standing = null;
      try {
        standing = await this.server.ask("state");
        if (standing.state === "handed_in") return await this.ended(standing);
        if (standing.state === "working") return await this.work();
        if (standing.state === "paused") this.cover(standing);
        else this.waiting(standing);
      } catch (problem) {
        if (problem instanceof Refusal) return this.leave(problem);
        say(this.part("loading"), this.texts.loadFailed);
      }
      await pause(this.nextLook(standing));
      if (this.isOpen || this.isEnded || this.isBeginning || look !== this.looks) return undefined;
    }
  }

  // A room that waits asks seldom, and together only when it begins.
  nextLook(standing) {
    const chance = Math.random() * 2000;
    if (!standing || standing.state === "paused") return SOON_MS + chance;
    if (standing.may_start) return WAITING_MS + chance;
    const until = standing.starts_at - this.server.now();
    return (until > 0 ? Math.min(WAITING_MS, until) : SOON_MS) + chance;
  }

  waiting(standing) {
    this.show("waiting");
    this.part("start").disabled = !standing.may_start;
    say(this.part("start-note"), standing.may_start
      ? this.texts.mayBegin : this.fill(this.texts.begins, { time: this.wall(standing.starts_at) }));
  }

  async begin() {
    this.isBeginning = true;
    this.part("start").disabled = true;
    this.part("start-note").textContent = this.texts.beginning;
    await this.work();
    this.isBeginning = false;
  }

  // ---- working

  // Asks the server to begin, or, after a reload, for what it has; both are the same question.
  async work() {
    // The journal stopped although the attempt goes on: begin anew with what the server has.
    if (this.isOpen) return void window.location.reload();
    try {
      const busy = () => {
        say(this.part("loading"), this.texts.loadFailed);
        say(this.part("start-note"), this.texts.beginBusy);
      };
      const started = await patiently(() => this.server.tell("start", {}), busy);
      if (started.state === "handed_in") return void await this.ended(started);
      const form = await patiently(() => this.server.form(started.form.address), busy);
      const { address, order } = started.form;
      const media = new Media((digest) => this.server.medium(address, digest));
      const questions = inOrder(form, order, media);
      await this.open(started, questions);
      media.ahead(digestsIn(questions));
    } catch (problem) {
      // A page that broke says so: it must not just stand there while time runs.
      if (!(problem instanceof Refusal)) document.getElementById("exam-not-loaded").hidden = false;
      if (!(problem instanceof Refusal)) throw problem;
      this.isBeginning = false;
      if (problem.status === 401 || problem.status === 403) return void await this.leave(problem);
      say(this.part("start-note"), problem.message);
      await pause(SOON_MS);
      await this.follow();
    }
  }

  async open(started, questions) {
    this.isOpen = true;
    this.question.questions = questions;
    this.map.draw(questions.length);
    await this.journal.open(started);
    this.show(started.paused ? "paused" : "working");
    this.question.go(this.remembered(questions.length));
    this.onAcknowledged(started);
    this.countdown.start();
  }

  remember(position) {
    try {
      sessionStorage.setItem(`question:${this.server.attempt}`, String(position));
    } catch (problem) {
      // Without it a reload begins at the first question.
    }
  }

  remembered(count) {
    try {
      const kept = Number(sessionStorage.getItem(`question:${this.server.attempt}`));
      return kept >= 1 && kept <= count ? kept : 1;
    } catch (problem) {
      return 1;
    }
  }

  onState() {
    showState(this);
    if (this.isOpen) this.map.show(this.question.current);
  }

  onAcknowledged(taken) {
    if (this.isEnded) return;
    // A pause moves it: every answer of the server tells it anew.
    this.handInFrom = taken.hand_in_from || 0;
    if (!taken.paused && this.isPaused) this.uncover();
    this.countdown.setDeadline(taken.deadline, taken.paused ? taken.now : null);
    if (taken.paused) this.cover(taken);
    if (!this.countdown.isOver && this.question.isLocked) {
      this.question.lock(false);
      this.part("over").hidden = true;
    }
    if (taken.state !== "handed_in") return;
    // What is being typed goes out as late, like all else that had not arrived.
    if (this.isOpen) this.question.lock(true);
    if (this.journal.unsent === 0) this.leave(new Refusal(409, { reason: "handed_in" }));
  }

  // A pause covers the questions; what was answered before is kept and sent, and the time stands still.
  cover(standing) {
    this.ending.close();
    const isCovered = this.isPaused && this.view === "paused";
    showPause(this, standing.paused || {}, isCovered);
    if (isCovered) return;
    this.countdown.hush();
    this.isPaused = true;
    this.show("paused");
    this.part("paused").focus();
  }

  uncover() {
    this.isPaused = false;
    this.show("working");
    this.question.go(this.question.current);
    this.countdown.announce(this.texts.goesOn);
  }

  // ---- after: what was kept here and has not arrived is sent first, as late

  async ended(standing) {
    if (this.isEnded) return;
    this.isEnded = true;
    this.countdown.stop();
    this.ending.close();
    let last = standing;
    if (!this.isOpen) last = await this.ending.sendLate(standing);
    this.journal.stop();
    if (!this.journal.unsentPositions().length) this.store.clear();
    this.ending.show(last);
  }

  // ---- keys, pointer, settings

  onKey(event) {
    const typing = event.ctrlKey || event.metaKey || event.altKey || this.part("dialog").open;
    if (typing || this.view !== "working") return;
    // On a sound or film the keys are the player's: an arrow goes on in it, and not to the next question.
    if (event.target.closest && event.target.closest("select, textarea, audio, video")) return;
    if (event.target.matches && event.target.matches('input[type="text"]')) {
      if (event.key !== "Enter" || event.isComposing) return;
      this.question.leaveText(event.target);
      event.preventDefault();
      return;
    }
    if (event.key.toUpperCase() === "M" && keysAreOn()) this.map.focus();
    else if (!this.question.press(event)) return;
    event.preventDefault();
  }

  wire() {
    document.addEventListener("keydown", (event) => this.onKey(event));
    window.addEventListener("online", () => this.journal.hurry());
    window.addEventListener("offline", () => { this.journal.failures = Math.max(this.journal.failures, 1); this.onState(); });
    document.addEventListener("visibilitychange", () => { if (this.isOpen && !document.hidden) this.journal.pump(); });
    this.part("start").addEventListener("click", () => this.begin());
    this.part("map-toggle").addEventListener("click", () => this.map.toggle());
    onSettings(this.part);
    applySettings(this.part);
  }
}
