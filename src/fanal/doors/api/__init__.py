"""The API: what programs ask, under `/api/v1`."""
