"""What came out of a programme: knowledge gain, practice in a region, who took part, and targets."""
