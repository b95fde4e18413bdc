"""Simulations that measure the error rates which the documents state."""
