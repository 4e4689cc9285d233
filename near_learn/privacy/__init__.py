"""What is kept about people: who saw and changed it, how long it stays, how it is given out and erased."""
