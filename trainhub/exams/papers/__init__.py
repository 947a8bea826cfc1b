"""Blueprints, assembly and sealing of papers."""
