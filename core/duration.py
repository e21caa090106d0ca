"""How long something takes, in words."""


def duration(seconds: float) -> str:
    """Rounded as one says it: 1 second, 34 seconds, 3 minutes, 5 hours."""
    if seconds > 7200:
        return f"{seconds / 3600:.0f} hours"
    if seconds > 120:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds:.0f} seconds" if seconds >= 1.5 else "1 second"
