"""Courses of others, packaged as cmi5: imported, launched, and their results kept like our own."""
