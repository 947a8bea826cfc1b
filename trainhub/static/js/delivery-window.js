// One window per exam: a second window or tab on the same machine waits and does not write.

const FRESH_MS = 3500;
const RENEW_MS = 1000;

export class OneWindow {
  constructor(attempt) {
    this.key = `trainhub-exam-window:${attempt}`;
    this.own = Math.random().toString(36).slice(2) + performance.now().toString(36);
  }

  holder() {
    try {
      const lease = JSON.parse(localStorage.getItem(this.key) || "null");
      return lease && Date.now() - lease.at < FRESH_MS && lease.at <= Date.now() + RENEW_MS ? lease.by : null;
    } catch (problem) {
      return null;
    }
  }

  take() {
    try {
      localStorage.setItem(this.key, JSON.stringify({ by: this.own, at: Date.now() }));
    } catch (problem) {
      // Without storage there is no second window to fear: the server still takes each number once.
    }
  }

  release() {
    if (this.holder() === this.own) localStorage.removeItem(this.key);
  }

  // Calls back once this window may work, and again if another one took it over.
  hold(onFree, onTaken) {
    let working = false;
    const look = () => {
      const holder = this.holder();
      if (holder && holder !== this.own) {
        onTaken(working);
        working = false;
        return;
      }
      this.take();
      if (!working) {
        working = true;
        onFree();
      }
    };
    window.addEventListener("pagehide", () => this.release());
    setInterval(look, RENEW_MS);
    look();
  }
}
