"""Exam sites and rooms."""
