"""All views of the room: importing this file hangs them on the blueprint."""

from app.base.access import (
    routes_account,
    routes_devices,
    routes_factors,
    routes_policy,
    routes_providers,
    routes_second,
    routes_sign_in,
)
from app.base.access.blueprint import bp

__all__ = [
    "bp",
    "routes_account",
    "routes_devices",
    "routes_factors",
    "routes_policy",
    "routes_providers",
    "routes_second",
    "routes_sign_in",
]
