"""What words mean: columns, terms, countries, regions, lines, periods."""
