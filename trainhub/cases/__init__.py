"""Accident cases and warning films."""
