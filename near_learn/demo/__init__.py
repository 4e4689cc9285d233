"""The demo: a small fictional world to look around in."""
