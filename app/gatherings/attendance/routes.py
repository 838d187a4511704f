from app.gatherings.attendance import routes_checkin, routes_list, routes_sheet
from app.gatherings.attendance.blueprint import bp

__all__ = ["bp", "routes_checkin", "routes_list", "routes_sheet"]
