"""Check-in, desk, incidents, inspection records."""
