import logging

# What the tests do not ask for is not shown.
logging.getLogger("lisbon_client").addHandler(logging.NullHandler())
