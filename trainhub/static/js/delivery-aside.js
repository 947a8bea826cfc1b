// Answers that the server can never take. A single one is the candidate's to give anew: it is put aside, and the later
// ones go on without it. Several are no slip of theirs: this page or the server is wrong. Then nothing is given up: they
// stay the answers of their questions, not saved, are kept on this machine and offered again and again, one as a probe and
// all once it is taken, so that they arrive when the server is mended, or when a mended page is opened.

const MANY = 3;
const FIRST_OFFER_MS = 15000;
const LONGEST_OFFER_MS = 120000;

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

export class Aside {
  constructor(journal) {
    this.journal = journal;
    this.positions = new Set();
    this.offered = new Set();
    this.inARow = 0;
    this.isFault = false;
    this.waitMs = FIRST_OFFER_MS;
    this.nextOffer = 0;
  }

  get store() {
    return this.journal.store;
  }

  // What the server told when it was asked, and whether those put aside here are still the newest of their questions: who
  // answered at another machine or in another window meanwhile gave them anew.
  meet(standing) {
    // All of them are there before they are called so, and none once somebody at the desk has disposed of it.
    if (standing.refused) this.positions = new Set(standing.refused);
    if (standing.answers) {
      const given = new Map(standing.answers.map(({ position, response }) => [position, response]));
      const had = ({ change }) => (given.has(change.position) ? given.get(change.position) : null);
      this.store.letGo(this.store.aside.filter((each) => each.had !== undefined && !same(each.had, had(each))));
      this.store.note(this.store.aside.filter((each) => each.had === undefined), "had", had);
    }
    this.judge();
  }

  // Once they are many they stand as what the candidate answered.
  judge() {
    const { aside } = this.store;
    const isMany = this.isFault || aside.length >= MANY || this.inARow >= MANY;
    this.isFault = aside.length > 0 && (isMany || aside.some((each) => each.isFault));
    for (const { change } of this.isFault ? aside : []) this.positions.add(change.position);
    // Also after a reload, however many are left by then.
    if (this.isFault) this.store.note(aside.filter((each) => !each.isFault), "isFault", () => true);
    const own = new Set(this.journal.changes.map((change) => change.position));
    for (const { change: { position, response, flagged } } of this.isFault ? aside : []) {
      if (!own.has(position)) this.journal.answers.set(position, { position, response, flagged, sequence: Infinity });
    }
    this.journal.listener.onSetAside([...this.positions].sort((one, other) => one - other), this.isFault);
  }

  // The server has kept what this change said as evidence; without it the later ones take its number.
  put(change) {
    this.inARow += 1;
    this.positions.add(change.position);
    // Answered anew while it was on its way: the newer one counts, and the older is offered no more.
    const isNewest = !this.journal.changes.some(({ position, sequence }) => position === change.position && sequence > change.sequence);
    this.store.setAside(change, isNewest);
    if (this.offered.delete(change.position)) this.waitMs = Math.min(LONGEST_OFFER_MS, this.waitMs * 2);
    this.nextOffer = performance.now() + this.waitMs;
  }

  // A question is answered anew: what was put aside before is not offered any more.
  replace(position) {
    this.offered.delete(position);
    this.store.letGo(this.store.aside.filter(({ change }) => change.position === position));
  }

  // The server took some changes; where those had been refused before, it takes the others as well.
  taken(packet) {
    if (!packet.length) return;
    this.inARow = 0;
    const positions = new Set(packet.map(({ position }) => position));
    this.store.letGo(this.store.aside.filter(({ change }) => positions.has(change.position)));
    const found = packet.filter(({ position }) => this.offered.delete(position));
    if (!found.length) return;
    for (const { position } of found) this.positions.delete(position);
    this.waitMs = FIRST_OFFER_MS;
    this.offer(this.store.aside.length);
    this.judge();
  }

  offerIfDue(isSure = false) {
    if (!this.isFault || this.journal.unsent || this.offered.size) return;
    if (isSure || performance.now() >= this.nextOffer) this.offer(1);
  }

  offer(count) {
    const found = this.store.aside.slice(0, count);
    for (const { change } of found) {
      this.offered.add(change.position);
      this.journal.queue(change);
    }
    // Only now: whatever happens in between, this machine has them.
    this.store.letGo(found);
  }

  get offerPause() {
    return this.isFault ? Math.max(0, this.nextOffer - performance.now()) : Infinity;
  }
}
