"""Loopback platforms that speak the real protocols, and the practice wall."""
