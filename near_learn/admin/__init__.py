"""The operator's desk: people and the credentials of connected systems."""
