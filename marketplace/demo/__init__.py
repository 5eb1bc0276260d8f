"""Quảng Nam's real catalogue, with invented prices and stock, for a demonstration.

`quang-nam/` holds the files and the art; `load` loads them.
"""
