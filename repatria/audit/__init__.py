"""Is it true: a whole ledger verified by whoever holds it, with a second opinion on everything the fold says.

`ledger.audit_ledger` is the way in. The rest, in the order in which it works: `authority` (who may speak),
`acts` (what takes effect), `invariants` (what must never happen), `recount` (the figures), `draw` and `documents`.
None of these calls a reducer or believes what the fold has accumulated; a difference between the two is a problem.
"""
