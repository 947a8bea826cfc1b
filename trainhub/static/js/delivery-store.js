// Keeps the journal of one attempt on this machine (IndexedDB), so that a reload, a crash or a day without network
// loses nothing. Where the browser keeps nothing, the page says so and goes on with its memory.

const NAME = "trainhub-exam";
const CHANGES = "changes";

function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function finished(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
    transaction.onerror = () => reject(transaction.error);
  });
}

async function open() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(CHANGES, { keyPath: ["attempt", "sequence"] });
  return done(request);
}

export class Store {
  constructor(attempt) {
    this.attempt = attempt;
    this.database = null;
  }

  get isKeeping() {
    return this.database !== null;
  }

  range() {
    return IDBKeyRange.bound([this.attempt, 0], [this.attempt, Number.MAX_SAFE_INTEGER]);
  }

  // Returns what was kept from before, in order: each change, with its link once the server acknowledged it.
  async load() {
    try {
      this.database = await open();
      const kept = await done(this.database.transaction(CHANGES).objectStore(CHANGES).getAll(this.range()));
      return kept.sort((one, other) => one.sequence - other.sequence);
    } catch (problem) {
      this.database = null;
      return [];
    }
  }

  async keep(changes, links = {}) {
    if (!this.database) return;
    const transaction = this.database.transaction(CHANGES, "readwrite");
    for (const change of changes) {
      const { sequence } = change;
      const row = { attempt: this.attempt, sequence, change, link: links[sequence] || null };
      transaction.objectStore(CHANGES).put(row);
    }
    await finished(transaction).catch(() => { this.database = null; });
  }

  // Replaces everything kept: after the server said that numbers were used by another machine.
  async replace(changes) {
    await this.clear();
    await this.keep(changes);
  }

  async clear() {
    if (!this.database) return;
    const transaction = this.database.transaction(CHANGES, "readwrite");
    transaction.objectStore(CHANGES).delete(this.range());
    await finished(transaction).catch(() => { this.database = null; });
  }
}
