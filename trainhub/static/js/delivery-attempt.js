// The exam itself: the page, the real server, one window.

import { Exam } from "./delivery-exam.js";
import { Server } from "./delivery-server.js";
import { Store } from "./delivery-store.js";
import { loadTypes } from "./delivery-types.js";
import { watch } from "./delivery-watch.js";
import { OneWindow } from "./delivery-window.js";

async function main() {
  const root = document.getElementById("exam");
  const { attempt, base, types } = root.dataset;
  const exam = new Exam(root, new Server(base, attempt), new Store(attempt), await loadTypes(JSON.parse(types)));
  root.dataset.ready = "yes";
  // What happens around the exam is noticed once the paper is shown.
  root.addEventListener("exam-view", (event) => {
    if (event.detail !== "working") return;
    watch(root, (name, body) => exam.server.tell(name, body), () => exam.countdown.left());
  });
  new OneWindow(attempt).hold(
    // What another window did meanwhile is read anew.
    () => { if (exam.isOpen) window.location.reload(); else exam.follow(); },
    (worked) => {
      if (exam.isEnded) return;
      if (worked) exam.stop();
      exam.block(exam.texts.elsewhere);
    },
  );
}

main();
