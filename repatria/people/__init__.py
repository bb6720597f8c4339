"""WHO: a person's record, names, partial dates, and a register read from a table. Opens no file."""
