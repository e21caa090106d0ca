"""How long something takes, in words."""


def duration(seconds: float) -> str:
    """Rounded as one says it: 1 second, 34 seconds, 30 minutes, 2.5 hours, 12 hours."""
    if seconds >= 7200:
        hours = seconds / 3600
        return f"{hours:.0f} hours" if hours >= 10 else f"{hours:.2g} hours"
    if seconds > 120:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds:.0f} seconds" if seconds >= 1.5 else "1 second"
