"""Buildings of their planners (IFC) as places whose elements are found."""
