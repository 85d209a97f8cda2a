"""Files that mean harm, made from a seed."""
