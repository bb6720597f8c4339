"""Defects planted in the core, one at a time, each with the existing test that must catch it.

`defects.py` is the list, as data: what is changed in which function, into what, and what that breaks. `planting.py`
puts one in: the function's own code is compiled anew from the changed source, so it is planted wherever the function
is used. `checks.py` has the checks for rules that are else shown only end to end. `test_defects.py` runs each check
twice: without the defect it passes, with the defect it fails.
"""
