// Comes to life only in a browser that reads the newest grammar of the exam page and fetches a module by name. The
// machine check looks for the mark that it leaves.

class Probe {
  static least = 90;

  #kept = { inner: null };

  read() {
    return this.#kept?.inner ?? Probe.least;
  }
}

import("./delivery-options.js").then(() => {
  if (new Probe().read() === Probe.least) document.documentElement.setAttribute("data-modules", "yes");
});
