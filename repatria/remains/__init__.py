"""Remains that were handed over: which people a set of them holds, as the side that received them finds out."""
