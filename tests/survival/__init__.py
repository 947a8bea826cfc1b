"""Survival: an exam under load, its machines killed, filled, cut off and set wrong (docs/survival.md)."""
