"""How items behave (题目统计): classical test theory and item response theory, pure and without a database.

NumPy and SciPy are large; whoever uses this package imports it where it is needed.
"""
