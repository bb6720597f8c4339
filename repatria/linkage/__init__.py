"""SAME PERSON? Candidates are found by rules, compared field by field, and become links by a person's word only."""
