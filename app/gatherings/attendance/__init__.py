"""Attendance on the day of an event: by ticket, by the list, at the door, from the paper sheet, or only counted."""
