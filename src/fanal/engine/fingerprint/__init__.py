"""What a content is comparable by: one file a technique."""
