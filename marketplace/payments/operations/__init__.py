"""Operations on money. Rows are locked in one order: the order, its payment, then
stock. No provider is called inside a transaction.
"""
