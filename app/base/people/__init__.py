"""Organisations, users, delegations and sign-in."""
