"""Typst templates rendered to PDF and PNG."""
