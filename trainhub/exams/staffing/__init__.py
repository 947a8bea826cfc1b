"""Registers and appointment of exam staff."""
