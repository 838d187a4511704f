"""Names that the ledger's files share."""

PDF_ID = "pdf_id"
"""In `Delivery.remembered`: the stored file of the press-ready PDF that went with the order."""


def delivery_key(post_id: int, outlet_id: int) -> str:
    """Return the name of a delivery outside the database: stable over all attempts."""
    return f"post:{post_id}:{outlet_id}"
