"""The house as the `fanal` command finds it where a test has prepared all of it already."""


class Ready:
    """A platform on which all is prepared."""

    def prepare(self) -> None:
        """Do nothing."""
