"""Hentikan sementara: what is stopped, for what reason, and what becomes of it when it goes on."""
