"""The real workers against a platform that lies: `make faults`; docs/trust.md says what came of it.

__main__      the command          scenarios   what is done to the workers; a new one is ten lines there
stage         one scenario's world: database, platform, office, workers
platform      X, Facebook, Instagram and SMTP on loopback, with lies; truth keeps what they accepted
databases     SQLite and PostgreSQL that can be locked, crashed, copied and put back
office        posts to send, and what a person does about them
workers       processes that can be killed; worker is what runs in them
verdict       the ledger held against the truth
"""
