"""What text in pictures says: its lines, their script and language, and the countries that they point to."""
