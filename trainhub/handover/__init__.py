"""The door between the wings: signed records."""
