"""Colours of lines, points and bars in figures. Each stands out three to one from the ground of both themes, which a
figure does not know; words beside them are in the colour of text."""

TEAL, ORANGE, PURPLE, GREY = "#1c8fb0", "#d9622b", "#7f66bd", "#85919d"
CRIMSON, GREEN, PINK, OCHRE = "#c2185b", "#3c8d4f", "#c2437e", "#b58a1c"
BLUE, BROWN, MINT = "#4474d6", "#a85a3c", "#559d94"
# For sets of any number, the most different first.
SERIES = (TEAL, ORANGE, PURPLE, GREY, GREEN, PINK, OCHRE, BLUE, BROWN, MINT)
