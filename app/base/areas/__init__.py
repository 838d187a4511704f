"""Districts and villages by Kemendagri code, and what is known of their connectivity."""
