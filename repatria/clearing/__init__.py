"""Clearing: what is found out about people before they go: by boards, by whoever saw them, and in private."""
