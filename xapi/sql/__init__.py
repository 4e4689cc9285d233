"""The record store on SQLAlchemy Core: SQLite and PostgreSQL."""
