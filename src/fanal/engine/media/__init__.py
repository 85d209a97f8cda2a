"""Inside the wall: what a file is and what it holds."""
