"""The program inside the box: runs the cells of one submission and answers calls.

It needs the standard library only (and IPython for cells with magics), holds no expected value, no hidden input and no
reference. Student code shares its process and may change all of it; nothing outside relies on what it says.
"""
