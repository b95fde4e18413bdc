"""Two windows of published figures: bounds of a change, and exact comparisons."""
