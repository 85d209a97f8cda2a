"""Words everyone shares: ids, clock, errors, settings, languages, events. Imports nothing of ours, nor Django."""
