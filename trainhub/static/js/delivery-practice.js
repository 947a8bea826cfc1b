// Practice: the page of the exam before a pretended server, with buttons for what can go wrong.

import { Exam } from "./delivery-exam.js";
import { PracticeServer } from "./delivery-practice-server.js";
import { Store } from "./delivery-store.js";
import { loadTypes } from "./delivery-types.js";

async function main() {
  const root = document.getElementById("exam");
  const server = new PracticeServer(JSON.parse(root.dataset.questions));
  const store = new Store("practice");
  const exam = new Exam(root, server, store, await loadTypes(JSON.parse(root.dataset.types)));
  const button = (name) => root.querySelector(`[data-practice="${name}"]`);
  const press = (element, isPressed) => element.setAttribute("aria-pressed", String(isPressed));

  // A telephone's screen is for the question; where there is room the trials lie open.
  button("trials").open = window.matchMedia("(min-width: 48rem)").matches;
  button("plug").addEventListener("click", (event) => {
    server.isPlugged = !server.isPlugged;
    press(event.currentTarget, !server.isPlugged);
    if (server.isPlugged) exam.journal.hurry();
    else exam.journal.failures = Math.max(exam.journal.failures, 1);
    exam.onState();
  });
  button("slow").addEventListener("click", (event) => {
    server.isSlow = !server.isSlow;
    press(event.currentTarget, server.isSlow);
  });
  button("pause").addEventListener("click", (event) => {
    const isPaused = !server.facts.pausedAt;
    server.setPaused(isPaused);
    press(event.currentTarget, Boolean(server.facts.pausedAt));
    exam.journal.pump();
  });
  button("time").addEventListener("change", (event) => {
    if (event.target.value) server.leave(Number(event.target.value));
    event.target.value = "";
    // Without the plug the page cannot hear of it; its own clock is told.
    exam.countdown.setDeadline(server.facts.deadline);
  });
  button("anew").addEventListener("click", async () => {
    exam.journal.stop();
    await store.clear();
    server.forget();
    window.location.reload();
  });
  press(button("pause"), Boolean(server.facts.pausedAt));
  root.dataset.ready = "yes";
  if (server.facts.state === "admitted") await store.load().then(() => store.clear());
  exam.follow();
}

main();
