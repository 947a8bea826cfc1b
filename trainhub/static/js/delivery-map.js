// The map of all questions: answered, open, flagged, not saved yet; by colour, by shape and in words.

export class QuestionMap {
  constructor(part, journal, texts, go) {
    Object.assign(this, { part, journal, texts, go });
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
    [...this.part("map").querySelectorAll("button")].forEach((button, index) => {
      const { response, flagged } = this.journal.answer(index + 1);
      count[response === null ? "open" : "answered"] += 1;
      if (flagged) count.flagged += 1;
      this.mark(button, index + 1, response !== null, flagged);
      if (index + 1 === current) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    });
    const text = this.texts.counts.replace(/\{(\w+)\}/g, (_all, name) => count[name]);
    if (this.part("counts").textContent !== text) this.part("counts").textContent = text;
  }

  mark(button, position, answered, flagged) {
    const kept = this.journal.isDurable(position);
    const classes = [answered ? "is-answered" : "is-open"];
    const words = [answered ? this.texts.answered : this.texts.unanswered];
    if (flagged) {
      classes.push("is-flagged");
      words.push(this.texts.flagged);
    }
    if (!kept) {
      classes.push("is-unsaved");
      words.push(this.texts.notSaved);
    }
    button.className = classes.join(" ");
    button.setAttribute("aria-label", `${position}: ${words.join(", ")}`);
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
