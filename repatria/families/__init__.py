"""Who asks for somebody, who may be told, and what: the families' side of a case, from the request until home."""
