"""EDGE: the command line, one file per noun; the same verbs as elsewhere. It asks, calls the office, and shows."""
