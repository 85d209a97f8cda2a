"""Where, when and with what a file was made, as far as the facts in it tell."""
