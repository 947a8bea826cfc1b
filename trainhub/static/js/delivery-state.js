// What is told of the exam around the questions. The sign that says whether everything is saved is seen all the time
// and spoken only when the connection goes or comes.

// Numbers with runs drawn together: 3–70, 74.
export function runs(numbers) {
  const drawn = [];
  for (const number of numbers) {
    const last = drawn[drawn.length - 1];
    if (last && last[1] === number - 1) last[1] = number;
    else drawn.push([number, number]);
  }
  return drawn.map(([from, to]) => (from === to ? from : `${from}–${to}`)).join(", ");
}

// Puts words where they are not yet: a screen reader would say the same ones again.
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// Why a machine is no longer the exam's: it goes on at another one, or the whole sitting was suspended.
export function cutOff({ part, texts }, refusal) {
  if (refusal.reason !== "suspended") return texts.moved;
  say(part("blocked-title"), texts.suspended);
  return texts.pausedSuspension;
}

export function showState(exam) {
  const { journal, part } = exam;
  const state = journal.state();
  const sign = part("saving");
  const text = { saved: exam.texts.saved, saving: exam.texts.saving, offline: offline(exam) }[state];
  sign.dataset.state = state;
  say(sign, text);
  const isOffline = state === "offline";
  const isNews = isOffline !== Boolean(exam.wasOffline) && (isOffline || state === "saved");
  if (!isNews) return;
  exam.wasOffline = isOffline;
  part("announced").textContent = text;
}

// Questions whose answers did not come to be what the candidate gave: the warning stays until they leave.
export function tellOf({ part, texts, fill }, name, positions) {
  say(part(name), fill(texts[name], { list: runs(positions) }));
  part(name).hidden = false;
}

// Answers that the server could not take stay named until somebody at the desk has disposed of them. Where they are
// many it is no fault of theirs, and there is nothing that the candidate could do about it.
export function tellAside(exam, positions, isFault) {
  const held = exam.journal.unsentPositions();
  const values = { list: runs(isFault ? held : positions) };
  exam.part("aside").hidden = positions.length === 0;
  if (positions.length) say(exam.part("aside"), isFault ? keptText(exam, "fault", values) : exam.fill(exam.texts.aside, values));
}

// A sentence about changes that the server lacks: kept on this machine, or only as long as the page stays open.
export function keptText({ store, texts, fill }, name, values) {
  return fill(texts[store.isKeeping ? name : `${name}Unkept`], values);
}

function offline(exam) {
  const { journal, texts } = exam;
  if (journal.aside.isFault && !journal.failures) return texts.faultState;
  const count = journal.isUnsure ? journal.changes.length : journal.unsent;
  if (!count) return texts.offlineSaved;
  // There is a connection, and the server found something wrong with what it brought.
  if (journal.isRefused) return keptText(exam, "notTaken", { list: runs(journal.unsentPositions()) });
  return keptText(exam, journal.isBusy ? "busy" : "offline", { count });
}

// Why the exam stands still, since when and until when. It is read with the heading, which then has the focus; what
// changes while the questions are covered is told.
export function showPause({ part, texts, fill, wall }, { kind, since, resumes_at: resumes }, isCovered) {
  const why = texts[{ pause: "pausedFault", freeze: "pausedSeat", suspension: "pausedSuspension" }[kind] || "pausedFault"];
  const until = resumes ? fill(texts.pausedResumes, { time: wall(resumes) }) : "";
  const isNews = part("paused-why").textContent !== why || part("paused-resumes").textContent !== until;
  say(part("paused-why"), why);
  say(part("paused-since"), since ? fill(texts.pausedSince, { time: wall(since) }) : "");
  say(part("paused-resumes"), until);
  if (isCovered && isNews) part("announced").textContent = `${why} ${until}`.trim();
}
