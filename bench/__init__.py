"""Benchmarks: ratios to public tools, on the same mail, in the same run."""
