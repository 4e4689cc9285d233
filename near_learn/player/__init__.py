"""What a learner sees: the catalogue, the pages of a module, its quiz and the result."""
