"""What a content resembles: exact search, comparison of folders, explanation."""
