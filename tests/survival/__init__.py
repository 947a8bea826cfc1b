"""Survival: the exam under load while its machines are killed, filled, cut off and set wrong (docs/survival.md)."""
