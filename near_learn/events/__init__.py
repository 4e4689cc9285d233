"""Learning events, study visits and peer reviews: announced with a code, attended by typing it."""
