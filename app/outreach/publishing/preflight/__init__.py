"""Preflight: what would keep a post from going out, looked for each morning and half an hour before."""
