"""The composition root: settings, addresses, servers, the embedded database."""
