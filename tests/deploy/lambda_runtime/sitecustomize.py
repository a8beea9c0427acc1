"""Lambda code sleeps while AWS works; the emulators work at once, so a second lasts a hundredth."""

import time

_sleep = time.sleep
time.sleep = lambda seconds: _sleep(seconds / 100)
