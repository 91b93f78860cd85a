from __future__ import annotations

import signal

from hypothesis import settings

# Started in the background, a shell lets us ignore Ctrl-C, and so would every process that a test starts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes says more of the machine than of the code; a test that hangs ends by its timeout.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
