// The page's own journal. A change is numbered, kept on this machine, sent in order, and called saved only when the
// server has acknowledged it as durable, with its link. Any retry ends with the same answers: the server takes each
// number once, and whatever this page is not sure of it reads from the server anew.

import { Aside } from "./delivery-aside.js";
import { Refusal } from "./delivery-server.js";
import { merge } from "./delivery-merge.js";

const PACKET = 100;
const LARGEST_PACKET = 30000;
const BEAT_MS = 30000;
const PAUSED_BEAT_MS = 10000;
const FIRST_PAUSE_MS = 500;
const UNSURE_MS = 2000;
const LONGEST_PAUSE_MS = 15000;
const REALIGNMENTS = 5;
// The server takes no longer one; a page can stand for longer while an exam is paused.
const DAY_MS = 86400000;

// As many of the changes as the server takes in one request; written answers can be long.
function packed(changes) {
  let size = 0;
  const isOver = (change) => { size += JSON.stringify(change).length; return size > LARGEST_PACKET; };
  const end = changes.findIndex(isOver);
  return end < 0 ? changes : changes.slice(0, Math.max(1, end));
}

export class Journal {
  constructor(server, store, listener) {
    Object.assign(this, { server, store, listener });
    this.changes = [];
    this.base = 0;
    this.durable = 0;
    this.answers = new Map();
    this.beacon = null;
    this.deadline = null;
    this.failures = 0;
    this.waitMs = 0;
    this.realigned = 0;
    this.isBusy = false;
    this.isRefused = false;
    this.isLate = false;
    this.isPaused = false;
    this.isUnsure = false;
    this.stopped = false;
    this.sending = null;
    this.timer = null;
    this.aside = new Aside(this);
    store.onFound = (rows) => this.adopt(rows);
  }

  // Begin with what the server has; what this machine kept and the server lacks is sent again.
  async open(standing) {
    await this.store.load();
    this.beacon = this.store.beacon;
    this.take(standing);
    this.begin(standing, false);
    if (this.unsent) this.pump();
    else this.plan();
  }

  begin(standing, isLive) {
    const merged = merge(standing, this.store.all(), isLive);
    Object.assign(this, { standing, isUnsure: false, durable: standing.last_sequence, base: standing.last_sequence });
    this.changes = merged.unsent;
    this.answers = merged.answers;
    if (merged.rows) this.store.replace(merged.rows);
    if (merged.differs) this.listener.onDifference();
    if (merged.dropped.length) this.listener.onOvertaken(merged.dropped);
    this.aside.meet(standing);
    this.listener.onState();
  }

  // What this machine kept from before and read only now: sent like new, but for what was answered here meanwhile.
  adopt(kept) {
    if (this.stopped || !this.standing) return false;
    const own = new Set(this.changes.map((change) => change.position));
    const { unsent, dropped, differs } = merge(this.standing, kept, false);
    for (const row of kept) if (row.link && row.sequence <= this.base) this.store.rows.set(row.sequence, row);
    for (const { position, response, flagged, how, shown_ms: shownMs } of unsent) {
      if (!own.has(position)) this.record(position, response, flagged, how, shownMs);
    }
    if (differs) this.listener.onDifference();
    if (dropped.length) this.listener.onOvertaken(dropped);
    this.aside.judge();
    this.listener.onReread();
    return true;
  }

  get lastSequence() {
    return this.base + this.changes.length;
  }

  get unsent() {
    return this.lastSequence - this.durable;
  }

  // Which questions have changes that the server does not have.
  unsentPositions() {
    const held = this.aside.isFault ? this.store.aside.map(({ change }) => change) : [];
    const unsent = [...this.changes.slice(this.durable - this.base), ...held];
    return [...new Set(unsent.map((change) => change.position))].sort((one, other) => one - other);
  }

  answer(position) {
    return this.answers.get(position) || { position, response: null, flagged: false, sequence: 0 };
  }

  isDurable(position) {
    return !this.isUnsure && this.answer(position).sequence <= this.durable;
  }

  // Offline says "kept here", so it is said only of what is on the disk.
  state() {
    if (this.failures > 0 || this.aside.isFault) return this.store.isWriting ? "saving" : "offline";
    return this.unsent > 0 || this.isUnsure ? "saving" : "saved";
  }

  record(position, response, flagged, how, shownMs) {
    if (this.stopped) return;
    const shown = Math.min(DAY_MS, Math.max(0, Math.round(shownMs)));
    this.aside.replace(position);
    this.queue({ position, response, flagged, how, shown_ms: shown });
    this.listener.onState();
    this.pump();
  }

  // Keeping and sending go on side by side: neither a slow disk nor a slow network holds up the other.
  queue(facts) {
    const change = { ...facts, sequence: this.lastSequence + 1 };
    const { sequence, position, response, flagged } = change;
    this.changes.push(change);
    this.answers.set(position, { position, response, flagged, sequence });
    this.store.keep([change]);
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
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.pump(), this.nextPause());
  }

  nextPause() {
    if (this.failures) {
      const grown = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.failures);
      return Math.max(grown * (0.5 + Math.random() / 2), this.waitMs * (1 + Math.random() / 2));
    }
    if (this.unsent) return 0;
    if (!this.server.knowsTime) return UNSURE_MS * (0.5 + Math.random());
    return Math.min(this.aside.offerPause, (this.isPaused ? PAUSED_BEAT_MS : BEAT_MS) * (0.9 + Math.random() / 10));
  }

  // What came back: is the network there again, or was it a busy server? Forget the long pause.
  hurry() {
    this.failures = Math.min(this.failures, 1);
    this.waitMs = 0;
    this.aside.nextOffer = 0;
    return this.pump();
  }

  async sendAll() {
    this.aside.offerIfDue();
    do {
      const packet = packed(this.changes.slice(this.durable - this.base, this.durable - this.base + PACKET));
      try {
        const taken = await this.server.tell("journal", { changes: packet, beacon: this.beacon });
        this.failures = 0;
        this.isBusy = false;
        this.isRefused = false;
        await this.acknowledge(taken, packet);
        if (this.failures) return;
      } catch (problem) {
        if (!await this.recover(problem, packet)) return;
      }
      this.listener.onState();
    } while (this.unsent > 0 && !this.stopped);
  }

  // A change is saved when its own link came back; what does not fit is looked up at the server, never assumed.
  async acknowledge(taken, packet) {
    let sure = this.durable;
    for (const { sequence } of packet) {
      if (sequence === sure + 1 && taken.links[sequence]) sure = sequence;
    }
    const known = this.linkOf(sure, taken.links);
    const fits = taken.last_sequence === sure && (!known || known === taken.head);
    const isOwn = packet.every(({ sequence }) => !this.linkOf(sequence) || this.linkOf(sequence) === taken.links[sequence]);
    this.take(taken);
    if (fits && isOwn && (!packet.length || sure === packet[packet.length - 1].sequence)) {
      this.store.keep(packet, taken.links);
      this.durable = sure;
      this.isUnsure = false;
      this.realigned = 0;
      this.aside.taken(packet);
      this.listener.onAcknowledged(taken);
      return;
    }
    this.isUnsure = true;
    if (taken.last_sequence < this.durable || (taken.last_sequence === sure && !fits)) this.listener.onDifference();
    this.listener.onAcknowledged(taken);
    await this.realign();
  }

  linkOf(sequence, links = {}) {
    const row = this.store.rows.get(sequence);
    return links[sequence] || (row && row.link) || null;
  }

  // What every answer of the server tells; a beacon from after the end proves nothing and replaces none.
  take(standing) {
    if (standing.deadline) this.deadline = standing.deadline;
    if (standing.beacon && (this.deadline === null || standing.now < this.deadline)) {
      this.beacon = standing.beacon;
      this.store.keepBeacon(this.beacon);
    }
    this.isPaused = Boolean(standing.paused);
    if (standing.late === true) this.isLate = true;
  }

  // Returns whether to go on at once.
  async recover(problem, packet = []) {
    try {
      const unfit = problem instanceof Refusal && problem.reason === "unfit" && packet[problem.place];
      if (unfit) return await this.setAside(unfit);
      if (problem instanceof Refusal && (problem.reason === "gap" || problem.reason === "changed")) {
        await this.realign();
        return this.failures === 0;
      }
    } catch (other) {
      return this.recover(other);
    }
    if (problem instanceof Refusal && problem.status !== 400 && problem.status !== 422) {
      this.listener.onRefused(problem);
      return false;
    }
    if (problem instanceof Refusal || problem.waitMs === undefined) this.listener.onTrouble(problem);
    this.failures += 1;
    this.isBusy = Boolean(problem.isBusy);
    this.isRefused = problem instanceof Refusal;
    this.waitMs = problem.waitMs || 0;
    this.listener.onState();
    return false;
  }

  async setAside(change) {
    this.aside.put(change);
    this.realigned = 0;
    await this.realign();
    return this.failures === 0;
  }

  // Numbers do not fit: another window wrote, or the server has less than it acknowledged. Read what it has.
  async realign() {
    // Until the server has said what it has, nothing may be called saved.
    this.isUnsure = true;
    this.listener.onState();
    this.realigned += 1;
    if (this.realigned > REALIGNMENTS) {
      this.failures += 1;
      this.waitMs = 0;
      return;
    }
    const standing = await this.server.tell("start", {});
    if (this.stopped) return;
    this.take(standing);
    this.begin(standing, true);
    this.listener.onReread();
  }

  // Resolves to whether everything made here is durable.
  async settle() {
    if (this.sending) await this.sending;
    this.aside.offerIfDue(true);
    await this.pump();
    return this.unsent === 0 && this.failures === 0 && !this.isUnsure;
  }
}
