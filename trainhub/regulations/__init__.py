"""The law as data: every figure with its source and its period."""
