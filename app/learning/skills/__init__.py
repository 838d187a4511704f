"""Who can do what, and where: evidence, the page of a person, the matrix, and the figures for managers."""
