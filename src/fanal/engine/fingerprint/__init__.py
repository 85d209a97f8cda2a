"""What a file is comparable by: one file a technique, one list of them. Pixels and bytes in, prints out."""
