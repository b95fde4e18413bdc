"""How a count grows: trend, season, declared steps, forecast."""
