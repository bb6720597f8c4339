"""Whole exchanges in memory, from the opening to the close, over the very code of the core, with everything that goes
wrong on the way: a virtual clock, a network that loses, repeats and reorders, desks that go dark, nodes that crash,
hostile members, a secretariat that delays. One seed gives one run, byte for byte.

`case.py` is what a run is made of, as data; `run.py` runs one; `nodes.py` has the members, the secretariat and the
devices, `agents.py` what honest ones wish, `attacks.py` what hostile ones try, `watch.py` what must hold after every
step; `shrink.py` makes a failing case small; `soak.py` runs thousands and keeps count.
"""
