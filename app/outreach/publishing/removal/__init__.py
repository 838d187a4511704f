"""Hapus dari media sosial: taking down what was sent, by the platform where it lets us, else by a person."""
