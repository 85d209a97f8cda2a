"""Inside the wall: reads the text in pictures and films, with models that the package rapidocr carries."""
