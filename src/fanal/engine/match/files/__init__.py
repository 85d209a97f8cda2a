"""Reads files and folders and compares them without any database."""
