"""Keadaan pengiriman: the whole state of sending in words, what causes it, and where each cause is mended."""
