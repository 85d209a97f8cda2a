"""News that leave the house: signed webhooks and e-mail digests. Nothing leaves unless the operator lets it."""
