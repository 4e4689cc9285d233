"""How long reports take in worlds of growing size: make bench, or python -m tests.bench --help."""
