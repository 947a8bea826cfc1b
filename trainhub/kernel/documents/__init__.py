"""Signed documents: whose signature it is, how it is put on a PDF, and how anybody's copy is examined."""
