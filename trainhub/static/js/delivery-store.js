// Keeps the journal of one attempt on this machine (IndexedDB), so that a reload, a crash or a day without network
// loses nothing. Where the browser keeps nothing, the page is told, says so, and goes on with its memory.

const NAME = "trainhub-exam";
const CHANGES = "changes";
const BEACONS = "beacons";
const OPENING_MS = 4000;

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

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 2);
    setTimeout(() => reject(new Error("the store does not open")), OPENING_MS);
    request.onblocked = () => reject(new Error("another window holds an older store"));
    request.onerror = () => reject(request.error);
    request.onsuccess = () => resolve(request.result);
    request.onupgradeneeded = () => {
      const names = request.result.objectStoreNames;
      if (!names.contains(CHANGES)) request.result.createObjectStore(CHANGES, { keyPath: ["attempt", "sequence"] });
      if (!names.contains(BEACONS)) request.result.createObjectStore(BEACONS, { keyPath: "attempt" });
    };
  });
}

// A disk that stalls must not keep the exam from opening.
function within(milliseconds, act) {
  const patience = new Promise((_resolve, reject) => {
    setTimeout(() => reject(new Error("the store does not answer")), milliseconds);
  });
  return Promise.race([act, patience]);
}

export class Store {
  constructor(attempt) {
    this.attempt = attempt;
    this.database = null;
    this.isKeeping = false;
    this.isRead = false;
    this.onFound = () => false;
    this.rows = new Map();
    this.beacon = null;
    this.aside = [];
    this.gone = [];
    this.onKeeping = () => {};
    this.onKept = () => {};
    this.writing = 0;
  }

  // Whether something is on its way to the disk of this machine and not there yet.
  get isWriting() {
    return this.writing > 0;
  }

  // Everything of this attempt in order: each change, with its link once the server acknowledged it.
  all() {
    return [...this.rows.values()].sort((one, other) => one.sequence - other.sequence);
  }

  // Reads what was kept from before.
  async load() {
    try {
      await this.connect();
      const { rows, beacon, aside } = await within(OPENING_MS, this.read());
      this.rows = rows;
      this.beacon = beacon;
      this.aside = aside;
      this.isRead = true;
      this.keeps(true);
    } catch (problem) {
      this.lose();
    }
    return this.all();
  }

  async read() {
    const transaction = this.database.transaction([CHANGES, BEACONS]);
    const changes = transaction.objectStore(CHANGES);
    const reading = [this.range(), this.rangeAside()].map((range) => done(changes.getAll(range)));
    const [kept, aside, beacon] = await Promise.all([...reading, done(transaction.objectStore(BEACONS).get(this.attempt))]);
    const rows = new Map(kept.map((row) => [row.sequence, row]));
    return { rows, beacon: beacon ? beacon.beacon : null, aside: aside.reverse() };
  }

  async connect() {
    this.database = await open();
    this.database.onclose = () => { this.database = null; };
    this.database.onversionchange = () => { this.lose(); };
  }

  range() {
    return IDBKeyRange.bound([this.attempt, 0], [this.attempt, Number.MAX_SAFE_INTEGER]);
  }

  rangeAside() {
    return IDBKeyRange.bound([this.attempt, Number.MIN_SAFE_INTEGER], [this.attempt, -1]);
  }

  keep(changes, links = {}) {
    const rows = changes.map((change) => {
      const before = this.rows.get(change.sequence);
      const link = links[change.sequence] || (before && before.link) || null;
      return { ...before, attempt: this.attempt, sequence: change.sequence, change, link };
    });
    for (const row of rows) this.rows.set(row.sequence, row);
    return this.write(rows);
  }

  keepBeacon(beacon) {
    if (!beacon || beacon === this.beacon) return Promise.resolve();
    this.beacon = beacon;
    return this.write([]);
  }

  // Replaces everything kept: after the server said that numbers were used by another machine.
  replace(rows) {
    this.rows = new Map(rows.map((row) => [row.sequence, { ...row, attempt: this.attempt }]));
    return this.write(this.all(), true);
  }

  // Out of what is sent. Each is a row of its own under a number below zero, so that no other window writes over it.
  setAside(change, isNewest) {
    if (!this.rows.delete(change.sequence)) return Promise.resolve();
    const sequence = -(Date.now() * 1000 + Math.floor(Math.random() * 1000));
    if (isNewest) this.aside.push({ attempt: this.attempt, sequence, change });
    return this.write(this.all(), true);
  }

  // Something more about some that were put aside: what the server had for their questions, for one.
  note(rows, name, said) {
    if (!rows.length) return Promise.resolve();
    for (const row of rows) row[name] = said(row);
    return this.write(rows);
  }

  letGo(rows) {
    if (!rows.length) return Promise.resolve();
    this.gone.push(...rows.map((row) => row.sequence));
    this.aside = this.aside.filter((row) => !rows.includes(row));
    return this.write([]);
  }

  clear() {
    this.rows.clear();
    this.beacon = null;
    this.gone.push(...this.aside.map((row) => row.sequence));
    this.aside = [];
    return this.write([], true);
  }

  // A store that was cleared or closed behind our back is opened once more, and gets everything anew.
  async write(rows, anew = false) {
    this.writing += 1;
    try {
      await this.writeOrReopen(rows, anew);
    } finally {
      this.writing -= 1;
      if (!this.writing) this.onKept();
    }
  }

  async writeOrReopen(rows, anew) {
    if (this.isRead && await this.put(rows, anew)) return;
    try {
      if (this.database) this.database.close();
      await this.connect();
      if (!this.isRead) await this.readLate();
    } catch (problem) {
      this.lose();
      return;
    }
    if (!await this.put(this.all(), true)) this.lose();
  }

  // The store did not open in time when the page began. What it holds is taken up before anything is written over it.
  async readLate() {
    const { rows, beacon, aside } = await within(OPENING_MS, this.read());
    if (this.isRead) return;
    this.isRead = true;
    this.beacon = this.beacon || beacon;
    this.aside.unshift(...aside);
    if (this.onFound([...rows.values()]) || !rows.size) return;
    this.isRead = false;
    throw new Error("nobody takes up what was kept");
  }

  async put(rows, anew) {
    if (!this.database) return false;
    try {
      // Strict: on the disk of this machine, not only in its memory, before it counts as kept.
      const transaction = this.database.transaction([CHANGES, BEACONS], "readwrite", { durability: "strict" });
      const changes = transaction.objectStore(CHANGES);
      if (anew) changes.delete(this.range());
      for (const row of anew ? [...rows, ...this.aside] : rows) changes.put(row);
      for (const sequence of this.gone) changes.delete([this.attempt, sequence]);
      const { attempt, beacon } = this;
      if (beacon) transaction.objectStore(BEACONS).put({ attempt, beacon });
      else transaction.objectStore(BEACONS).delete(attempt);
      // Asked for now and not when all has been put: a page that is closed in between keeps it none the less.
      transaction.commit();
      await finished(transaction);
      this.keeps(true);
      return true;
    } catch (problem) {
      return false;
    }
  }

  lose() {
    if (this.database) this.database.close();
    this.database = null;
    this.keeps(false);
  }

  keeps(isKeeping) {
    this.isKeeping = isKeeping;
    this.onKeeping(isKeeping);
  }
}
