"""Benchmarks: every figure stands beside that of a small application which does the same job."""
