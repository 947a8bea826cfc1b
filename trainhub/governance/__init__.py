"""Duties granted: who, for whom, from when to when; and the guards that views wear."""
