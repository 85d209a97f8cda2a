"""What officers know and look for: clues, reference objects, and patterns that are seen everywhere."""
