"""What can be read in contents: searched by its words, and where it points to."""
