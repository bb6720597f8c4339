"""What is allowed: each article as checks over facts. Read check.py first, then one of the articles' files."""
