"""Money: asked for, come, gone back, each exactly once.

Oscar's payment app stays as it is, and keeps only by which way an order is paid. Here
are the payments, every event that touched one, and the ways to pay behind one port.
"""
