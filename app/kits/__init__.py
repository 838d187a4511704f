"""Campaigns as folders of files: schema, check, import."""
