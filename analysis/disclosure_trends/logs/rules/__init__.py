"""The rules of cleaning: survey, map, judge, rank."""
