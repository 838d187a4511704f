"""Home and calendar: nothing of its own, everything that is dated or waits."""
