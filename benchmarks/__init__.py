"""Measurements: every module without underscore runs without arguments and prints figures."""
