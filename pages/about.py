"""About.
