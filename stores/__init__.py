"""The places that sell and the goods that lie in them.

`stores.partner` is the Oscar fork behind it (a sales point is one Oscar partner).
"""
