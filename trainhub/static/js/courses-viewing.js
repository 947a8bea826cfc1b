// A film or a text whose time the server counts. The page only reports where it stands; what counts, and why not
// when it stops counting, comes from the server's answers and is shown as it comes.

const BEAT_FILM_MS = 5000;
const BEAT_TEXT_MS = 15000;
const IDLE_MS = 120000;
const STOPPING = new Set(["taken_over", "expired", "day_full"]);

class Viewing {
  constructor(root) {
    this.root = root;
    this.film = root.querySelector("[data-film]");
    this.begin = root.querySelector("[data-begin]");
    this.confirmButton = root.querySelector("[data-confirm]");
    this.message = root.querySelector("[data-message]");
    this.watched = root.querySelector("[data-watched]");
    this.stretches = root.querySelector("[data-stretches]");
    this.session = null;
    this.queue = Promise.resolve();
    this.lastMove = performance.now();
    this.begin.addEventListener("click", () => this.start());
    this.confirmButton.addEventListener("click", () => this.confirm());
    for (const kind of ["pointermove", "pointerdown", "keydown", "scroll", "touchmove", "wheel"]) {
      document.addEventListener(kind, () => this.moved(), { passive: true, capture: true });
    }
    document.addEventListener("visibilitychange", () => this.visibility());
    if (this.film) this.listenToFilm();
  }

  listenToFilm() {
    this.film.addEventListener("play", () => (this.session ? this.beat() : this.start()));
    this.film.addEventListener("pause", () => {
      if (!this.session || this.film.ended) return;
      this.beat();
      if (!document.hidden) this.say(this.root.dataset.textPaused);
    });
    this.film.addEventListener("seeked", () => this.session && this.beat());
    this.film.addEventListener("ended", () => this.session && this.beat());
    this.film.addEventListener("ratechange", () => {
      if (this.film.playbackRate !== 1) this.film.playbackRate = 1;
    });
  }

  moved() {
    const wasIdle = this.isIdle();
    this.lastMove = performance.now();
    if (wasIdle && this.session && !this.film) this.beat();
  }

  isIdle() {
    return performance.now() - this.lastMove > IDLE_MS;
  }

  visibility() {
    if (!this.session) return;
    if (document.hidden) {
      if (this.film) this.film.pause();
      else this.beat();
      this.say(this.root.dataset.textHidden);
    } else if (!this.film) {
      this.beat();
    }
  }

  async start() {
    if (this.starting) return;
    this.starting = true;
    this.begin.disabled = true;
    try {
      const started = await this.post(this.root.dataset.startUrl, {});
      this.session = { ...started, sequence: 0 };
      this.show(started);
      this.begin.hidden = true;
      this.confirmButton.hidden = true;
      if (this.film) await this.play(started);
      clearInterval(this.timer);
      this.timer = setInterval(() => this.tick(), this.film ? BEAT_FILM_MS : BEAT_TEXT_MS);
      if (!this.film) this.beat();
    } catch (problem) {
      this.stop(problem.message);
    } finally {
      this.begin.disabled = false;
      this.starting = false;
    }
  }

  async play(started) {
    this.film.src = started.film_url;
    this.film.currentTime = started.resume_at_s;
    this.film.focus();
    await this.film.play().catch(() => {});
  }

  tick() {
    if (!this.session || document.hidden) return;
    if (this.film) {
      if (!this.film.paused) this.beat();
    } else if (this.isIdle()) {
      this.say(this.root.dataset.textIdle);
    } else {
      this.beat();
    }
  }

  // Beats go out one after the other, so that their numbers arrive in order.
  beat() {
    const session = this.session;
    const body = {
      token: session.token,
      sequence: ++session.sequence,
      position_ms: this.film ? Math.round(this.film.currentTime * 1000) : 0,
    };
    this.queue = this.queue.then(async () => {
      if (this.session !== session) return;
      try {
        this.take(await this.post(session.beat_url, body));
      } catch (problem) {
        if (problem.refused) this.stop(problem.message);
        else this.say(this.root.dataset.textOffline);
      }
    });
    return this.queue;
  }

  async confirm() {
    const code = this.confirmButton.dataset.code;
    this.confirmButton.hidden = true;
    this.take(await this.post(this.session.confirm_url, { token: this.session.token, code }), true);
    this.beat();
  }

  take(answer, quiet = false) {
    this.show(answer);
    this.confirmButton.hidden = !answer.confirm_code;
    this.confirmButton.dataset.code = answer.confirm_code || "";
    if (answer.confirm_code) this.confirmButton.focus();
    const still = this.film ? this.film.paused && !this.film.ended : document.hidden;
    if (!quiet && !still) this.say(answer.message);
    this.root.dataset.reason = answer.reason;
    if (STOPPING.has(answer.reason)) this.stop(answer.message);
  }

  stop(message) {
    this.session = null;
    clearInterval(this.timer);
    if (this.film) this.film.pause();
    this.begin.hidden = false;
    this.begin.disabled = false;
    this.say(message);
  }

  say(text) {
    if (this.message.textContent !== text) this.message.textContent = text;
  }

  show(state) {
    this.root.dataset.watched = state.watched_s;
    this.watched.textContent = this.span(state.watched_s);
    const rects = state.stretches.map(([start, end]) => {
      const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      for (const [name, value] of [["x", start], ["y", 0], ["width", end - start], ["height", 10]]) {
        rect.setAttribute(name, value);
      }
      return rect;
    });
    this.stretches.replaceChildren(...rects);
  }

  span(seconds) {
    const texts = this.root.dataset;
    if (seconds < 60) return texts.textSeconds.replace("{n}", seconds);
    const minutes = Math.floor(seconds / 60);
    if (minutes < 60) return texts.textMinutes.replace("{n}", minutes);
    return texts.textHours.replace("{h}", Math.floor(minutes / 60)).replace("{n}", minutes % 60);
  }

  async post(url, body) {
    const answer = await fetch(url, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Accept: "application/json",
        "X-CSRFToken": this.root.dataset.csrf,
      },
      body: JSON.stringify(body),
    });
    const content = await answer.json();
    if (!answer.ok) {
      const problem = new Error(content.error);
      problem.refused = answer.status < 500;
      throw problem;
    }
    return content;
  }
}

for (const root of document.querySelectorAll("[data-viewing]")) new Viewing(root);
