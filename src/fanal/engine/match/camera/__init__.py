"""Files that one camera made, by its serial number or by how rarely it codes."""
