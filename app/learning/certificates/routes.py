from app.learning.certificates import (
    routes_files,
    routes_issue,
    routes_list,
    routes_one,
    routes_public,
)
from app.learning.certificates.blueprint import bp

__all__ = ["bp", "routes_files", "routes_issue", "routes_list", "routes_one", "routes_public"]
