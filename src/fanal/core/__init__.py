"""What every record stands on: audit, access, vault, jobs."""
