"""Courses as packages for other systems: cmi5, SCORM 1.2 and 2004, and HTML to read without a network."""
