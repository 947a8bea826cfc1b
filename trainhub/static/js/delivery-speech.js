// Reads a question aloud, with voices of this machine only: a voice that lives on a stranger's server would carry
// the questions there. Each sentence has the voice of its own language, whatever the language of the page is.

const CHINESE = /[\u3400-\u9fff]/;

// Voices of Linux call Chinese as it is spoken by its own name.
function languageOf(voice) {
  const language = voice.lang.toLowerCase().split(/[-_]/)[0];
  return language === "cmn" ? "zh" : language;
}

export class Reader {
  constructor(button, language, texts) {
    Object.assign(this, { button, texts });
    this.language = language.slice(0, 2).toLowerCase();
    this.voices = [];
    this.sentences = [];
    this.isReading = false;
    if (!("speechSynthesis" in window)) return;
    window.speechSynthesis.addEventListener("voiceschanged", () => this.look());
    this.look();
  }

  look() {
    this.voices = window.speechSynthesis.getVoices().filter((voice) => voice.localService);
    this.show();
  }

  voiceOf(sentence) {
    const speaks = (language) => this.voices.find((voice) => languageOf(voice) === language);
    return (CHINESE.test(sentence) ? speaks("zh") : speaks(this.language) || speaks("zh")) || null;
  }

  // What could be read now; without a voice for it the button is not offered.
  offer(sentences) {
    this.sentences = sentences;
    this.show();
  }

  get isAble() {
    return this.sentences.length > 0 && this.sentences.every((sentence) => this.voiceOf(sentence));
  }

  toggle(sentences) {
    if (this.isReading) this.stop();
    else this.read(sentences);
  }

  read(sentences) {
    this.sentences = sentences;
    if (!this.isAble) return;
    window.speechSynthesis.cancel();
    this.isReading = true;
    sentences.forEach((sentence, index) => {
      const words = new SpeechSynthesisUtterance(sentence);
      words.voice = this.voiceOf(sentence);
      words.lang = words.voice.lang;
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
    this.button.hidden = !this.isAble;
    this.button.textContent = this.isReading ? this.texts.stopReading : this.texts.readAloud;
    this.button.classList.toggle("is-on", this.isReading);
  }
}
