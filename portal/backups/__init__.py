"""Backups: taking a set, bringing it back, proving each week that it can be brought back.

A set is what `names.py` says: a dump, the uploads, and a manifest that is written last. Commands
start what is here; no page of the product imports it.
"""
