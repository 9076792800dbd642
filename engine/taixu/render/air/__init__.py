"""Air: the atmosphere's light, sun and moon by the hour."""
