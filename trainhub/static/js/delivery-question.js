// One question on the screen: shown by the script of its type, answered, flagged, read aloud, operated by keys.

import { Reader } from "./delivery-speech.js";
import { keysAreOn } from "./delivery-display.js";
import { nodes, words } from "./delivery-rich.js";

const LETTERS = "ABCDEFGHIJKL";
const RECENT_MS = 2000;
const TYPING_MS = 600;
const LONGEST_UNKEPT_MS = 5000;
const TYPED = 'input[type="text"], textarea';

// The questions in this candidate's order, with the letters under which they see the options.
export function inOrder(document, order, media) {
  return order.map(([number, places, matched = []]) => {
    const question = document.questions[number];
    const options = (question.options || []).length ? places.map((place, index) => (
      { letter: LETTERS[index], ...both(question.options[place]) }
    )) : [];
    const targets = (question.targets || []).length ? matched.map((place, index) => (
      { number: index + 1, ...both(question.targets[place]) }
    )) : [];
    return { ...question, options, targets, media };
  });
}

// A text in words, and as it is shown.
const both = (content) => ({ text: words(content), content });

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
    this.typing = null;
    this.unkeptSince = 0;
    // What is typed is kept while it is typed; a text that nobody leaves must not be lost.
    part("options").addEventListener("input", (event) => {
      if (event.target.matches(TYPED)) this.onTyping(event);
    });
    part("options").addEventListener("change", () => this.answer());
    part("options").addEventListener("answered", () => this.answer());
    document.addEventListener("visibilitychange", () => this.settle());
    window.addEventListener("pagehide", () => this.settle());
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
    this.settle();
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
    const marked = question.marks === null ? question.case.marks : question.marks;
    const values = { ...question.case, position: this.current, count: this.questions.length, marks: marked };
    const fill = (text) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
    part("position").textContent = fill(texts.position);
    const marks = fill(question.marks === null ? texts.caseMarks : texts.marks);
    part("type").textContent = type ? `${texts.types[question.type]} · ${marks}` : marks;
    part("stem").replaceChildren(...nodes(this.stem, question.media));
    part("rule").hidden = !question.partial;
    part("rule").textContent = question.partial ? texts.rules[question.type].replace("{percent}", question.percent) : "";
    this.showCase(fill);
    part("unknown").hidden = Boolean(type);
    part("options").replaceChildren(...(type ? type.render(question, response, texts) : []));
    part("previous").disabled = this.current === 1;
    part("next").disabled = this.current === this.questions.length;
    part("take-back").hidden = !type;
    this.showChosen();
    this.showFlag();
    this.lock(this.isLocked);
    this.reader.offer(this.sentences());
    this.onShown(this.current);
  }

  // The journal was read anew: what somebody is writing or has just chosen goes on, and nothing moves under their hands.
  reread() {
    this.settle();
    const { response } = this.journal.answer(this.current);
    const isSame = this.type && JSON.stringify(this.type.read(this.part("options"))) === JSON.stringify(response);
    if (isSame) this.showFlag();
    else this.show();
  }

  showCase(fill) {
    const { part, question } = this;
    part("case").hidden = !question.case;
    if (!question.case) return;
    part("case-title").textContent = fill(this.texts.caseOf);
    part("case-text").replaceChildren(...nodes(question.case.text, question.media));
  }

  showChosen() {
    for (const label of this.part("options").children) {
      const input = label.querySelector("input");
      if (input && !input.matches(TYPED)) label.classList.toggle("is-chosen", input.checked);
    }
  }

  showFlag() {
    const { flagged } = this.journal.answer(this.current);
    this.part("flag").classList.toggle("is-on", flagged);
    this.part("flag").textContent = flagged ? this.texts.unflag : this.texts.flag;
  }

  // After the end nothing can be answered; what was answered can still be read.
  lock(isLocked) {
    if (isLocked) this.settle();
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
    this.stopTyping();
    if (this.isLocked || !this.type) return;
    this.showChosen();
    const { response, flagged } = this.journal.answer(this.current);
    const read = this.type.read(this.part("options"));
    if (JSON.stringify(read) !== JSON.stringify(response)) this.record(read, flagged);
  }

  // Dictation and handwriting type without keys; that the browser trusts the input tells them from a program.
  onTyping(event) {
    this.touch(event, "key");
    clearTimeout(this.typing);
    // Who writes on without a pause is kept every few seconds all the same.
    this.unkeptSince = this.unkeptSince || performance.now();
    const left = this.unkeptSince + LONGEST_UNKEPT_MS - performance.now();
    this.typing = setTimeout(() => this.answer(), Math.max(0, Math.min(TYPING_MS, left)));
  }

  stopTyping() {
    clearTimeout(this.typing);
    this.typing = null;
    this.unkeptSince = 0;
  }

  // What was typed a moment ago is recorded now.
  settle() {
    if (this.typing !== null) this.answer();
  }

  flag() {
    if (this.isLocked) return;
    this.settle();
    const { response, flagged } = this.journal.answer(this.current);
    this.record(response, !flagged);
    this.showFlag();
    this.echo(flagged ? this.texts.unflagged : this.texts.flagged);
  }

  takeBack() {
    this.settle();
    const { response, flagged } = this.journal.answer(this.current);
    if (this.isLocked || response === null) return;
    this.record(null, flagged);
    this.show();
    this.echo(this.texts.unanswered);
  }

  get stem() {
    const { type, question } = this;
    return type && type.stem ? type.stem(question) : question.stem;
  }

  sentences() {
    const spoken = this.type ? this.type.spoken(this.question, this.texts) : [];
    const told = this.question.case ? [words(this.question.case.text)] : [];
    return [this.part("position").textContent, ...told, words(this.stem), ...spoken];
  }

  // Acts on a key; returns whether it meant something here.
  press(event) {
    if (event.key === "ArrowRight" || event.key === "PageDown") this.go(this.current + 1);
    else if (event.key === "ArrowLeft" || event.key === "PageUp") this.go(this.current - 1);
    else return event.key.length === 1 && keysAreOn() && this.pressLetter(event.key.toUpperCase());
    return true;
  }

  // Enter in a text leads to the next one, and from the last to the button that turns the page.
  leaveText(input) {
    const fields = [...this.part("options").querySelectorAll("input, select")];
    (fields[fields.indexOf(input) + 1] || this.part("next")).focus();
  }

  // What a key did is said, because the focus stays where it was; the question is not read again.
  saidOf(input) {
    const name = input.closest("label").querySelector(":scope > :not(input):not([aria-hidden])").textContent;
    return (input.checked ? this.texts.chosen : this.texts.notChosen).replace("{option}", name);
  }

  echo(text) {
    this.part("echo").textContent = text;
  }

  pressLetter(key) {
    const input = this.type ? this.type.inputFor(this.part("options"), key) : null;
    if (input) {
      if (input.matches(":disabled")) return true;
      input.click();
      this.echo(this.saidOf(input));
    } else if (key === "G") this.flag();
    else if (key === "R" && !this.part("read").hidden) this.reader.toggle(this.sentences());
    else return false;
    return true;
  }
}
