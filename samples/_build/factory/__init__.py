"""What the sample `factory` is made of: solids, models of machines, the hall, and the world that stands in it."""
