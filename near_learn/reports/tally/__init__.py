"""What reports are counted from: blocks of people with their sums, kept up to date from the progress rows."""
