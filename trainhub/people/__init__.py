"""Persons, accounts, organisations, sign-in, messages and personal data. It knows no duty."""
