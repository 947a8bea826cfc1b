"""trainhub: training and examination for work-safety qualifications, kept apart (考培分离)."""

import gc

# Almost all that is loaded lives to the end: to look through it for rubbish again and again on the way took a
# sixth of the time until a command begins.
_collects = gc.isenabled()
gc.disable()
try:
    from trainhub.app import create_app
finally:
    gc.freeze()
    if _collects:
        gc.enable()

__all__ = ["create_app"]
__version__ = "0.1.0"
