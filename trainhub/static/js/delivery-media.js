// The files of the questions: fetched ahead, one download each, and kept in this window, so that a network that fails
// later takes no picture away. What is on the screen comes first.

import { Refusal, pause } from "./delivery-server.js";

const AT_ONCE = 2;
const LONGEST_WAIT_MS = 20000;

export class Media {
  constructor(fetchOne) {
    this.fetchOne = fetchOne;
    this.addresses = new Map();
    this.waiting = new Map();
    this.queue = [];
    this.refused = new Set();
    this.running = 0;
    this.tries = 0;
  }

  ahead(digests) {
    this.queue.push(...digests.filter((each) => !this.addresses.has(each)));
    this.pump();
  }

  // Gives a node its file, now or when it has come.
  show(node, digest) {
    const address = this.addresses.get(digest);
    if (address) {
      node.src = address;
      return;
    }
    if (!this.waiting.has(digest)) this.waiting.set(digest, new Set());
    this.waiting.get(digest).add(node);
    if (this.refused.has(digest)) return;
    this.queue = [digest, ...this.queue.filter((each) => each !== digest)];
    this.pump();
  }

  pump() {
    while (this.running < AT_ONCE && this.queue.length) {
      this.running += 1;
      this.load(this.queue.shift()).finally(() => { this.running -= 1; this.pump(); });
    }
  }

  async load(digest) {
    if (this.addresses.has(digest)) return;
    try {
      this.keep(digest, await this.fetchOne(digest));
      this.tries = 0;
    } catch (problem) {
      if (problem instanceof Refusal) {
        this.refused.add(digest);
        return;
      }
      this.queue.push(digest);
      this.tries += 1;
      await pause(Math.min(LONGEST_WAIT_MS, 1000 * 2 ** Math.min(this.tries, 5)) * (0.5 + Math.random()));
    }
  }

  keep(digest, blob) {
    if (this.addresses.has(digest)) return;
    const address = URL.createObjectURL(blob);
    this.addresses.set(digest, address);
    for (const node of this.waiting.get(digest) || []) node.src = address;
    this.waiting.delete(digest);
  }
}
