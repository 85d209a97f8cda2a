"""The only door to hostile bytes: all decoding happens in a confined, disposable process."""
