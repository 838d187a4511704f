"""The name of a delivery outside the database: stable over all attempts."""


def delivery_key(post_id: int, outlet_id: int) -> str:
    return f"post:{post_id}:{outlet_id}"
