"""Marks, review, publication."""
