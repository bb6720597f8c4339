"""EDGE: nodes talk to each other, by a folder on a stick; the same bytes whichever way they go."""
