"""Submissions, exhibits and contents."""
