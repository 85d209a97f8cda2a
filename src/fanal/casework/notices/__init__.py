"""Notices: what a country that is not connected is told, sealed for its own key and tracked until it answers."""
