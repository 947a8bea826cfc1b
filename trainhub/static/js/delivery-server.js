// Speaks with the server about one attempt, and knows its time: whatever the clock of this machine says, the
// server's clock counts.

import { keyHeaders } from "./delivery-surroundings.js";

const PATIENCE_MS = 12000;

export class Unreachable extends Error {}

export class Refusal extends Error {
  constructor(status, body) {
    super(body.error || String(status));
    this.status = status;
    this.reason = body.reason || null;
    this.expected = body.expected || null;
  }
}

export class Server {
  constructor(base, attempt) {
    this.base = base;
    this.attempt = attempt;
    this.ahead = Date.now() - performance.now();
    this.best = Infinity;
  }

  // The server's time now; counted with a clock that nobody can set.
  now() {
    return performance.now() + this.ahead;
  }

  learnTime(sent, received, now) {
    const trip = received - sent;
    // A short trip tells the time best; an old best is forgotten, because machines sleep and clocks drift.
    this.best *= 1.2;
    if (trip > this.best) return;
    this.best = Math.max(trip, 1);
    this.ahead = now + trip / 2 - received;
  }

  ask(name) {
    return this.call(name, "GET");
  }

  tell(name, body) {
    return this.call(name, "POST", JSON.stringify(body || {}));
  }

  async call(name, method, body) {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
    const sent = performance.now();
    let response;
    let answer;
    try {
      response = await fetch(`${this.base}/${name}`, {
        method,
        body,
        cache: "no-store",
        credentials: "same-origin",
        headers: { "Accept": "application/json", "Content-Type": "application/json", "X-Attempt": this.attempt, ...keyHeaders() },
        signal: patience.signal,
      });
      answer = await response.json();
    } catch (problem) {
      throw new Unreachable(String(problem));
    } finally {
      clearTimeout(timer);
    }
    if (response.status >= 500 || response.status === 429) throw new Unreachable(String(response.status));
    if (!response.ok) throw new Refusal(response.status, answer);
    if (answer.now) this.learnTime(sent, performance.now(), answer.now);
    return answer;
  }
}
