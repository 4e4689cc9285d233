"""near-learn preview: the courses as they are on this machine, in a browser that follows every save."""
