"""Any dated gathering of people: planned, announced, registered for, held. Training stands on it too."""
