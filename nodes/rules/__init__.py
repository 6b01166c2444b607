"""Extraction by rules: what a meeting says outright, read by a small grammar and no model.

Nothing is imported here: the grammar takes a second to compile, which questions are spared.
"""
