"""How a notebook is checked, executed, scrubbed and closed."""
