"""Demo content: a small city of invented people whose work is done through the real functions."""
