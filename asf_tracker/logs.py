"""What is kept out of the log."""

import logging
import re

TOKENS = re.compile(r"(/svara|(?<![\w-])/inbjudan)/[^/\s]+")


class WithoutTokens(logging.Filter):
    """Addresses that let in who has them are written without what opens them."""

    def filter(self, record):
        message = record.getMessage()
        if TOKENS.search(message):
            record.msg, record.args = TOKENS.sub(r"\1/…", message), ()
        return True
