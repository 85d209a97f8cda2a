"""When a frame of film is shown, though time stamps may be missing, start anywhere or jump."""

_LARGEST_STEP_BACK = 0.5
"""Seconds: a film that goes back further was cut together without care; its later part is moved to follow."""


class FilmClock:
    """Turns the time stamps of frames, in the order of showing, into seconds from the first frame, never going back."""

    def __init__(self, seconds_a_frame: float) -> None:
        self._step = seconds_a_frame
        self._base: float | None = None
        self.last: float | None = None

    def shown(self, stamp: float | None) -> float:
        """Return the seconds of the next frame; `stamp` is its own time, None if it has none."""
        if self._base is None:
            self._base = stamp if stamp is not None else 0.0
        if self.last is None:
            self.last = 0.0
            return 0.0
        time = self.last + self._step if stamp is None else stamp - self._base
        if time < self.last - _LARGEST_STEP_BACK and stamp is not None:
            time = self.last + self._step
            self._base = stamp - time
        self.last = max(time, self.last)
        return self.last

    def expected(self, stamp: float | None) -> float | None:
        """Return when a frame that is not yet decoded will be shown, None if that cannot be known."""
        return None if stamp is None or self._base is None else stamp - self._base
