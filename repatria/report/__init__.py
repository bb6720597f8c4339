"""What people read of a ledger: `tables` counts, `words` says it, `svg` draws it, `pages` lays it out. Pure, like law.

A reconciliation report is for members. It holds no name, birth date, service number or opaque number: figures per
stage, place and direction, and what is on the record about each member. What may go to the public is another page.
"""
