"""Benchmarks: ratios of CPU seconds, measured back to back in one run."""
