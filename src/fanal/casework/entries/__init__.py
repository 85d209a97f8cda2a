"""What is known of series, victims, suspects, places and objects: by their references, never by names."""
