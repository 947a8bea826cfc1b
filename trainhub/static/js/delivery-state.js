// The sign that says whether everything is saved: seen all the time, spoken only when the connection goes or comes.

import { runs } from "./delivery-ending.js";

export function showState(exam) {
  const { journal, part } = exam;
  const state = journal.state();
  const sign = part("saving");
  const text = { saved: exam.texts.saved, saving: exam.texts.saving, offline: offline(exam) }[state];
  sign.dataset.state = state;
  if (sign.textContent !== text) sign.textContent = text;
  const isOffline = state === "offline";
  const isNews = isOffline !== Boolean(exam.wasOffline) && (isOffline || state === "saved");
  if (!isNews) return;
  exam.wasOffline = isOffline;
  part("announced").textContent = text;
}

function offline({ journal, store, texts, fill }) {
  const count = journal.isUnsure ? journal.changes.length : journal.unsent;
  if (!count) return texts.offlineSaved;
  // There is a connection, and the server found something wrong with what it brought.
  if (journal.isRefused) return fill(texts.notTaken, { list: runs(journal.unsentPositions()) });
  if (!store.isKeeping) return fill(texts.offlineUnkept, { count });
  return fill(journal.isBusy ? texts.busy : texts.offline, { count });
}
