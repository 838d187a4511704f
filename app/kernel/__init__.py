"""The ground floor: time, database base classes, errors, roles, status moves and the audit trail.

Imports nothing of ours.
"""
