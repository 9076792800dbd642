"""The sample `city`: a district of 4 km2 out of a map that is drawn here, and what is simulated in it."""
