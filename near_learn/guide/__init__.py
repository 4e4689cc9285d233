"""The courses as one printable document in a language: for learners, or for trainers with the answers."""
