"""How things look: numbers, wording, tables, figures, theme."""
