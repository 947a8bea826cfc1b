// Speaks with the server about one attempt, and knows its time: whatever the clock of this machine says, the
// server's clock counts.

import { keyHeaders } from "./delivery-surroundings.js";

const PATIENCE_MS = 15000;
const FILE_PATIENCE_MS = 120000;
const JUMP_MS = 3000;
// What two good clocks drift apart, and more: half a thousandth.
const DRIFT = 0.0005;

// No answer that could be understood; whether the server took what was sent shows when it is sent again.
export class Unreachable extends Error {
  constructor(message, isBusy = false, waitMs = 0) {
    super(message);
    this.isBusy = isBusy;
    this.waitMs = waitMs;
  }
}

// The server understood and said no.
export class Refusal extends Error {
  constructor(status, body) {
    super((body && body.error) || String(status));
    this.status = status;
    this.reason = (body && body.reason) || null;
    // Which change of the packet it is about.
    this.place = body && body.place;
  }
}

export const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

// Tries until the server answers, later and later and never all machines at once. A refusal is thrown.
export async function patiently(act, onTrouble) {
  for (let tries = 0; ; tries += 1) {
    try {
      return await act();
    } catch (problem) {
      if (problem instanceof Refusal) throw problem;
      onTrouble(problem);
      const grown = Math.max(problem.waitMs || 0, Math.min(15000, 1000 * 2 ** tries));
      await pause(grown * (0.5 + Math.random()));
    }
  }
}

export class Server {
  constructor(base, attempt) {
    this.base = base;
    this.attempt = attempt;
    this.ahead = Date.now() - performance.now();
    this.wallAhead = this.ahead;
    this.forgetTime();
  }

  // Until the next answer tells the time, it is the old one, for what that is worth.
  forgetTime() {
    Object.assign(this, { least: -Infinity, most: Infinity, learntAt: performance.now() });
  }

  get knowsTime() {
    return this.most < Infinity;
  }

  // The server's time now; counted with a clock that nobody can set.
  now() {
    return performance.now() + this.ahead;
  }

  // What the server's clock shows at least: nobody hands in before the end because a message was long on its way.
  nowAtLeast() {
    const moment = performance.now();
    return this.knowsTime ? moment + this.least - (moment - this.learntAt) * DRIFT : this.now();
  }

  // The server read its clock after the question left and before the answer came. All answers together bound the time
  // more closely than the quickest of them; where they contradict each other, a clock was set, and the last one counts.
  learnTime(sent, received, now) {
    const drift = (received - this.learntAt) * DRIFT;
    const told = { least: now - received, most: now - sent };
    const both = { least: Math.max(this.least - drift, told.least), most: Math.min(this.most + drift, told.most) };
    Object.assign(this, both.least <= both.most ? both : told, { learntAt: received });
    this.ahead = (this.least + this.most) / 2;
  }

  // Whether the machine slept or its clock was set since the last call: then the time has to be asked anew.
  hasJumped() {
    const wallAhead = Date.now() - performance.now();
    const jumped = Math.abs(wallAhead - this.wallAhead) > JUMP_MS;
    this.wallAhead = wallAhead;
    if (jumped) this.forgetTime();
    return jumped;
  }

  ask(name) {
    return this.call(`${this.base}/${name}`, { method: "GET", cache: "no-store" });
  }

  tell(name, body) {
    return this.call(`${this.base}/${name}`, { method: "POST", cache: "no-store", body: JSON.stringify(body || {}) });
  }

  // The questions. They stay in this window: nothing of an item is left on the machine of an exam room.
  form(address) {
    return this.call(address, { method: "GET", cache: "no-store" }, FILE_PATIENCE_MS);
  }

  // A file that a question shows; its address is that of the form, with the file's name behind it.
  async medium(form, digest) {
    const [path, query] = form.split("?");
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), FILE_PATIENCE_MS);
    let response;
    try {
      response = await fetch(`${path}/${digest}?${query}`, {
        credentials: "same-origin", cache: "no-store", headers: { "X-Attempt": this.attempt, ...keyHeaders() }, signal: patience.signal,
      });
      if (response.ok) return await response.blob();
    } catch (problem) {
      throw this.unreachable(response, String(problem));
    } finally {
      clearTimeout(timer);
    }
    if (response.status >= 500 || response.status === 429) throw this.unreachable(response, String(response.status));
    throw new Refusal(response.status, null);
  }

  async call(address, request, patienceMs = PATIENCE_MS) {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), patienceMs);
    const sent = performance.now();
    const wallAhead = Date.now() - sent;
    let response;
    let answer;
    try {
      response = await fetch(address, {
        ...request,
        credentials: "same-origin",
        headers: { "Accept": "application/json", "Content-Type": "application/json", "X-Attempt": this.attempt, ...keyHeaders() },
        signal: patience.signal,
      });
      answer = await response.json();
    } catch (problem) {
      throw this.unreachable(response, String(problem));
    } finally {
      clearTimeout(timer);
    }
    if (response.status >= 500 || response.status === 429) throw this.unreachable(response, String(response.status));
    // A refusal of the exam says why; what says nothing comes from somebody on the way.
    if (!response.ok && !(answer && answer.error)) throw this.unreachable(response, String(response.status));
    if (!response.ok) throw new Refusal(response.status, answer);
    const received = performance.now();
    if (!answer.now) return answer;
    this.hasJumped();
    // An answer during which the machine slept tells a time from before.
    if (Math.abs(this.wallAhead - wallAhead) < JUMP_MS) this.learnTime(sent, received, answer.now);
    return answer;
  }

  unreachable(response, text) {
    const isBusy = Boolean(response) && (response.status === 503 || response.status === 429);
    const seconds = response ? Number(response.headers.get("Retry-After")) || 0 : 0;
    return new Unreachable(text, isBusy, Math.min(60, seconds) * 1000);
  }
}
