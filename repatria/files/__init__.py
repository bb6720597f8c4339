"""EDGE: tables that arrive as CSV or XLSX and leave as CSV. Decides nothing about the people in them."""
