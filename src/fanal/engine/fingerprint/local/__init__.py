"""Local features of pictures: places that can be found again whatever was done to the rest."""
