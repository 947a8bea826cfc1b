// One question on the screen: shown by the script of its type, answered, flagged, read aloud, operated by keys.

import { Reader } from "./delivery-speech.js";
import { keysAreOn } from "./delivery-display.js";

const LETTERS = "ABCDEFGHIJKL";
const RECENT_MS = 2000;

// The questions in this candidate's order, with the letters under which they see the options.
export function inOrder(document, order) {
  return order.map(([number, places]) => {
    const question = document.questions[number];
    const options = (question.options || []).length ? places.map((place, index) => (
      { letter: LETTERS[index], text: question.options[place] }
    )) : [];
    return { ...question, options };
  });
}

export class QuestionView {
  constructor(part, types, journal, texts, language) {
    Object.assign(this, { part, types, journal, texts });
    this.questions = [];
    this.current = 1;
    this.shownAt = 0;
    this.spent = new Map();
    this.isLocked = false;
    this.touched = { how: "none", at: -Infinity };
    this.onShown = () => {};
    this.reader = new Reader(part("read"), language, texts);
    document.addEventListener("keydown", (event) => this.touch(event, "key"), true);
    document.addEventListener("pointerdown", (event) => {
      this.touch(event, event.pointerType === "touch" ? "touch" : "pointer");
    }, true);
    part("options").addEventListener("change", () => this.answer());
    part("flag").addEventListener("click", () => this.flag());
    part("take-back").addEventListener("click", () => this.takeBack());
    part("read").addEventListener("click", () => this.reader.toggle(this.sentences()));
    part("previous").addEventListener("click", () => this.go(this.current - 1));
    part("next").addEventListener("click", () => this.go(this.current + 1));
  }

  get question() {
    return this.questions[this.current - 1];
  }

  get type() {
    return this.types[this.question.type] || null;
  }

  touch(event, how) {
    if (event.isTrusted) this.touched = { how, at: performance.now() };
  }

  go(position, focus = true) {
    this.reader.stop();
    if (this.shownAt) this.spent.set(this.current, this.onScreen());
    this.current = Math.min(Math.max(1, position), this.questions.length);
    this.show();
    this.shownAt = performance.now();
    if (focus) this.part("heading").focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }

  // Draws the question as the journal has it; what somebody is just choosing stays where it is.
  show() {
    const { part, texts, question, type } = this;
    const { response } = this.journal.answer(this.current);
    const values = { position: this.current, count: this.questions.length, marks: question.marks };
    const fill = (text) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
    part("position").textContent = fill(texts.position);
    part("type").textContent = type ? `${texts.types[question.type]} · ${fill(texts.marks)}` : fill(texts.marks);
    part("stem").textContent = question.stem;
    part("unknown").hidden = Boolean(type);
    part("options").replaceChildren(...(type ? type.render(question, response, texts) : []));
    part("previous").disabled = this.current === 1;
    part("next").disabled = this.current === this.questions.length;
    part("take-back").hidden = !type;
    this.showChosen();
    this.showFlag();
    this.lock(this.isLocked);
    this.onShown(this.current);
  }

  showChosen() {
    for (const label of this.part("options").children) {
      const input = label.querySelector("input");
      if (input) label.classList.toggle("is-chosen", input.checked);
    }
  }

  showFlag() {
    const { flagged } = this.journal.answer(this.current);
    this.part("flag").setAttribute("aria-pressed", String(flagged));
    this.part("flag").textContent = flagged ? this.texts.unflag : this.texts.flag;
  }

  // After the end nothing can be answered; what was answered can still be read.
  lock(isLocked) {
    this.isLocked = isLocked;
    this.part("answer-field").disabled = isLocked;
    this.part("flag").disabled = isLocked;
    this.part("take-back").disabled = isLocked;
  }

  record(response, flagged) {
    const how = performance.now() - this.touched.at < RECENT_MS ? this.touched.how : "none";
    this.journal.record(this.current, response, flagged, how, this.onScreen());
  }

  // How long the question was on the screen, all visits together: who reads first and answers later is no program.
  onScreen() {
    return (this.spent.get(this.current) || 0) + performance.now() - this.shownAt;
  }

  answer() {
    if (this.isLocked || !this.type) return;
    this.showChosen();
    this.record(this.type.read(this.part("options")), this.journal.answer(this.current).flagged);
  }

  flag() {
    if (this.isLocked) return;
    const { response, flagged } = this.journal.answer(this.current);
    this.record(response, !flagged);
    this.showFlag();
  }

  takeBack() {
    const { response, flagged } = this.journal.answer(this.current);
    if (this.isLocked || response === null) return;
    this.record(null, flagged);
    this.show();
  }

  sentences() {
    const spoken = this.type ? this.type.spoken(this.question, this.texts) : [];
    return [this.part("position").textContent, this.question.stem, ...spoken];
  }

  // Acts on a key; returns whether it meant something here.
  press(event) {
    if (event.key === "ArrowRight" || event.key === "PageDown") this.go(this.current + 1);
    else if (event.key === "ArrowLeft" || event.key === "PageUp") this.go(this.current - 1);
    else return event.key.length === 1 && keysAreOn() && this.pressLetter(event.key.toUpperCase());
    return true;
  }

  pressLetter(key) {
    const input = this.type ? this.type.inputFor(this.part("options"), key) : null;
    if (input) {
      if (!input.matches(":disabled")) input.click();
    } else if (key === "G") this.flag();
    else if (key === "R" && !this.part("read").hidden) this.reader.toggle(this.sentences());
    else return false;
    return true;
  }
}
