"""Items that say the same thing (近似题): found by keyed sketches, judged by people."""
