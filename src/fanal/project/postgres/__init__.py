"""The embedded database: a small supervisor of a stock PostgreSQL in the data folder."""
