"""Four eyes: what could take the office over is asked by one and confirmed by another, or waits an hour in the open."""
