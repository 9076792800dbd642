"""Bodies: one array-level protocol for physics engines, two engines behind it, and the plugin that ties them to worlds."""
