"""The accounts of the practice platforms. They open nothing anywhere else, so they may stand here.

The demo connects its outlets with `PRACTICE_CREDENTIALS[kind]` and `PRACTICE_SETTINGS[kind]`.
"""

from collections.abc import Mapping
from types import MappingProxyType

X_USER_ID = "1900000000000000001"
X_USERNAME = "latihan_kukar"
X_NAME = "Kukar Cerdas (Simulasi)"
X_CONSUMER_KEY = "latihan-consumer-key"
X_CONSUMER_SECRET = "latihan-consumer-secret"
X_ACCESS_TOKEN = f"{X_USER_ID}-latihan-access-token"
X_ACCESS_TOKEN_SECRET = "latihan-access-token-secret"

PAGE_ID = "100000000000001"
PAGE_NAME = "Kukar Cerdas (Simulasi)"
PAGE_TOKEN = "EAAlatihanHalaman000000000000"

IG_USER_ID = "17841400000000001"
IG_USERNAME = "latihan.kukar"
IG_TOKEN = "EAAlatihanInstagram0000000000"

PRACTICE_CREDENTIALS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "x": {
            "consumer_key": X_CONSUMER_KEY,
            "consumer_secret": X_CONSUMER_SECRET,
            "access_token": X_ACCESS_TOKEN,
            "access_token_secret": X_ACCESS_TOKEN_SECRET,
        },
        "facebook": {"access_token": PAGE_TOKEN},
        "instagram": {"access_token": IG_TOKEN},
    }
)

PRACTICE_SETTINGS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "x": {"user_id": X_USER_ID, "username": X_USERNAME},
        "facebook": {"page_id": PAGE_ID},
        "instagram": {"ig_user_id": IG_USER_ID, "username": IG_USERNAME},
    }
)
