// The map of all questions: answered, open, flagged, not saved yet; by colour, by shape and in words.

export class QuestionMap {
  constructor(part, journal, texts, go) {
    Object.assign(this, { part, journal, texts, go });
    part("map").addEventListener("keydown", (event) => this.onKey(event));
  }

  get buttons() {
    return [...this.part("map").querySelectorAll("button")];
  }

  draw(count) {
    this.part("map").replaceChildren(...Array.from({ length: count }, (_none, index) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = index + 1;
      button.addEventListener("click", () => { this.close(); this.go(index + 1); });
      item.append(button);
      return item;
    }));
  }

  show(current) {
    const count = { answered: 0, open: 0, flagged: 0 };
    this.buttons.forEach((button, index) => {
      const { response, flagged } = this.journal.answer(index + 1);
      count[response === null ? "open" : "answered"] += 1;
      if (flagged) count.flagged += 1;
      this.mark(button, index + 1, response !== null, flagged);
      const isCurrent = index + 1 === current;
      // One stop for the tabulator; inside, the arrows move.
      button.tabIndex = isCurrent ? 0 : -1;
      if (isCurrent) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    });
    const text = this.texts.counts.replace(/\{(\w+)\}/g, (_all, name) => count[name]);
    if (this.part("counts").textContent !== text) this.part("counts").textContent = text;
  }

  mark(button, position, answered, flagged) {
    const classes = [answered ? "is-answered" : "is-open"];
    const words = [answered ? this.texts.answered : this.texts.unanswered];
    if (flagged) {
      classes.push("is-flagged");
      words.push(this.texts.flagged);
    }
    if (!this.journal.isDurable(position)) {
      classes.push("is-unsaved");
      words.push(this.texts.notSaved);
    }
    button.className = classes.join(" ");
    button.setAttribute("aria-label", `${position}: ${words.join(", ")}`);
  }

  onKey(event) {
    const { buttons } = this;
    const at = buttons.indexOf(document.activeElement);
    const row = this.columns();
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, ArrowDown: at + row, ArrowUp: at - row, Home: 0, End: buttons.length - 1 };
    if (at < 0 || !(event.key in to)) return;
    event.preventDefault();
    event.stopPropagation();
    const found = buttons[to[event.key]];
    if (!found) return;
    buttons.forEach((button) => { button.tabIndex = button === found ? 0 : -1; });
    found.focus();
  }

  columns() {
    return getComputedStyle(this.part("map")).gridTemplateColumns.split(" ").length || 1;
  }

  // The key for the map: to the question where one stands, on a phone too.
  focus() {
    if (!this.part("map").getClientRects().length) this.toggle();
    const current = this.part("map").querySelector("[aria-current]");
    if (current) current.focus();
  }

  toggle() {
    const shown = this.part("map-box").classList.toggle("is-shown");
    this.part("map-toggle").setAttribute("aria-expanded", String(shown));
  }

  close() {
    this.part("map-box").classList.remove("is-shown");
    this.part("map-toggle").setAttribute("aria-expanded", "false");
  }
}
