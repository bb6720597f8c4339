"""A whole exchange on invented people, to practise on: made by the commands that people type, served as real nodes are.

Nothing of it can come into a real exchange: its log has a name under a domain that belongs to nobody (RFC 2606), its
keys are its own, and every page of it says that everybody in it is invented.
"""
