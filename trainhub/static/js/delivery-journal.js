// The page's own journal. A change is numbered, kept on this machine, sent in order, and called saved only when the
// server has acknowledged it as durable. Any retry ends with the same answers: the server takes each number once.

import { Refusal, Unreachable } from "./delivery-server.js";

const PACKET = 100;
const BEAT_MS = 12000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15000;
const REALIGNMENTS = 5;

export class Journal {
  constructor(server, store, listener) {
    this.server = server;
    this.store = store;
    this.listener = listener;
    this.changes = [];
    this.base = 0;
    this.durable = 0;
    this.answers = new Map();
    this.failures = 0;
    this.realigned = 0;
    this.stopped = false;
    this.sending = null;
    this.timer = null;
  }

  // Begin with what the server has; what this machine kept and the server lacks is sent again.
  async open(paper) {
    for (const answer of paper.answers) this.answers.set(answer.position, { ...answer, sequence: 0 });
    const kept = await this.store.load();
    this.durable = paper.last_sequence;
    const last = kept.find((row) => row.sequence === this.durable);
    if (last && last.link && last.link !== paper.head) this.listener.onDifference();
    const unsent = kept.map((row) => row.change).filter((change) => change.sequence > this.durable);
    if (unsent.length && unsent[0].sequence !== this.durable + 1) this.renumber(unsent);
    this.base = this.durable;
    this.changes = unsent;
    for (const change of unsent) this.answers.set(change.position, { ...change });
    this.pump();
  }

  get lastSequence() {
    return this.base + this.changes.length;
  }

  get unsent() {
    return this.lastSequence - this.durable;
  }

  answer(position) {
    return this.answers.get(position) || { position, response: null, flagged: false, sequence: 0 };
  }

  isDurable(position) {
    return this.answer(position).sequence <= this.durable;
  }

  state() {
    if (this.failures > 0) return "offline";
    return this.unsent > 0 ? "saving" : "saved";
  }

  async record(position, response, flagged, how, shownMs) {
    if (this.stopped) return;
    const sequence = this.lastSequence + 1;
    const change = { sequence, position, response, flagged, how, shown_ms: Math.max(0, Math.round(shownMs)) };
    this.changes.push(change);
    this.answers.set(position, { ...change });
    const kept = this.store.keep([change]);
    this.listener.onState();
    await kept;
    this.pump();
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  // Send now what waits; called again and again, it never sends twice at once.
  pump() {
    if (this.stopped) return Promise.resolve();
    clearTimeout(this.timer);
    if (!this.sending) {
      this.sending = this.sendAll().finally(() => {
        this.sending = null;
        this.plan();
      });
    }
    return this.sending;
  }

  // A sign of life when nothing waits; after a failure a pause that grows, with chance in it, so that a room that
  // comes back does not come back all at once.
  plan() {
    if (this.stopped) return;
    const grown = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.failures);
    const pause = this.failures ? grown * (0.5 + Math.random() / 2) : this.unsent ? 0 : BEAT_MS;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.pump(), pause);
  }

  async sendAll() {
    do {
      const packet = this.changes.slice(this.durable - this.base, this.durable - this.base + PACKET);
      try {
        const taken = await this.server.tell("journal", { changes: packet });
        this.failures = 0;
        this.realigned = 0;
        this.durable = Math.max(this.durable, packet.length ? packet[packet.length - 1].sequence : 0);
        this.store.keep(packet, taken.links);
        this.listener.onAcknowledged(taken);
      } catch (problem) {
        if (!this.recover(problem)) return;
      }
      this.listener.onState();
    } while (this.unsent > 0 && !this.stopped);
  }

  // Returns whether to go on at once.
  recover(problem) {
    if (problem instanceof Refusal && (problem.reason === "gap" || problem.reason === "changed")) {
      this.realign(problem.expected);
      this.realigned += 1;
      if (this.realigned <= REALIGNMENTS) return true;
    } else if (problem instanceof Refusal && problem.status !== 400 && problem.status !== 422) {
      this.listener.onRefused(problem);
      return false;
    }
    if (!(problem instanceof Unreachable)) this.listener.onTrouble(problem);
    this.failures += 1;
    this.listener.onState();
    return false;
  }

  // The server names the number it expects. What it lacks is sent again, older numbers too where this page still
  // has them; numbers that another machine used are left to it, and ours follow.
  realign(expected) {
    if (expected - 1 >= this.base && expected - 1 < this.durable) {
      this.durable = expected - 1;
      return;
    }
    const unsent = this.changes.slice(this.durable - this.base);
    this.durable = this.base = expected - 1;
    this.changes = unsent;
    this.renumber(unsent);
    for (const change of unsent) this.answers.set(change.position, { ...change });
    this.store.replace(unsent);
  }

  renumber(changes) {
    changes.forEach((change, index) => { change.sequence = this.durable + 1 + index; });
  }

  // Resolves to whether everything made here is durable.
  async settle() {
    await this.pump();
    return this.unsent === 0 && this.failures === 0;
  }
}
