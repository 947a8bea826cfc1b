// Reads a question aloud, with a voice of this machine only: a voice that lives on a stranger's server would carry
// the questions there.

export class Reader {
  constructor(button, language, texts) {
    Object.assign(this, { button, language, texts });
    this.voice = null;
    this.isReading = false;
    if (!("speechSynthesis" in window)) return;
    window.speechSynthesis.addEventListener("voiceschanged", () => this.look());
    this.look();
  }

  look() {
    const wanted = this.language.slice(0, 2).toLowerCase();
    const voices = window.speechSynthesis.getVoices().filter((voice) => voice.localService);
    this.voice = voices.find((voice) => voice.lang.toLowerCase().startsWith(wanted)) || null;
    this.show();
  }

  toggle(sentences) {
    if (this.isReading) this.stop();
    else this.read(sentences);
  }

  read(sentences) {
    if (!this.voice) return;
    window.speechSynthesis.cancel();
    this.isReading = true;
    sentences.forEach((sentence, index) => {
      const words = new SpeechSynthesisUtterance(sentence);
      words.voice = this.voice;
      words.lang = this.voice.lang;
      words.rate = 0.95;
      if (index === sentences.length - 1) words.onend = () => { this.isReading = false; this.show(); };
      words.onerror = () => { this.isReading = false; this.show(); };
      window.speechSynthesis.speak(words);
    });
    this.show();
  }

  stop() {
    if (!this.isReading) return;
    this.isReading = false;
    window.speechSynthesis.cancel();
    this.show();
  }

  show() {
    this.button.hidden = this.voice === null;
    this.button.textContent = this.isReading ? this.texts.stopReading : this.texts.readAloud;
    this.button.setAttribute("aria-pressed", String(this.isReading));
  }
}
