"""The examination wing."""
