"""The door of a newcomer: draws a synthetic world and submits it as real agencies would."""
