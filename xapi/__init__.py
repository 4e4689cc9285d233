"""An xAPI learning record store without a web framework: versions 1.0.3 and 2.0 at once."""
