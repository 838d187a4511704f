"""On the day of an event: who is there, by ticket, by the list, at the door, from the paper sheet, or only counted."""
