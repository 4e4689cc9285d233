"""Statements by the million: out of this record store, and into it."""
