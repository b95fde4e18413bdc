"""Results become files that leadership can open."""
