"""Records destroyed: what of a person leaves a node, what the ledger says of it, and which copies nobody can reach."""
