"""What can be asked of the office about a deal: clauses and offers, terms, final lists; what a node knows of them."""
