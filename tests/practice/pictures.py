"""The smallest real pictures."""

import io

from PIL import Image


def _picture(kind: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(buffer, kind)
    return buffer.getvalue()


JPEG = _picture("JPEG")
PNG = _picture("PNG")
