"""About: what this is, how it works, what it can and cannot do."""
