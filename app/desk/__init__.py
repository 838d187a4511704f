"""Home page and calendar: no tables of their own, but everything that has a date or waits for a person."""
