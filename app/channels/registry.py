"""Which channel serves which kind of outlet."""

from collections.abc import Mapping
from typing import Any


def make_channels(settings: Any) -> Mapping[str, Any]:
    return {}
