"""Counting, exporting, charts: what a manager reads, each figure traceable to its statements."""
