"""What changed between two windows: volume, routing, validity."""
