"""How numbers and dates are written for a reader: Swedish forms, one place.

Unknown (`None`) is a dash, never zero. Digits are grouped by a no-break space, decimals follow a
comma and a negative number has a true minus. Machine formats (CSV, JSON) do not come here.
"""

from decimal import ROUND_HALF_UP, Context, Decimal

from django.utils.dates import MONTHS

from .periods import SEASON_LABELS

NO_BREAK = "\u00a0"
MINUS = "\u2212"
UNKNOWN = "–"


def number(value, decimals=0):
    """1275 as "1 275", -6 as "−6", None as "–"."""
    if value is None:
        return UNKNOWN
    # What is typed by mistake may have more digits than the usual 28.
    exact = Context(prec=max(28, len(str(value))) + decimals)
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, exact)
    whole, _, fraction = f"{abs(rounded):,.{decimals}f}".partition(".")
    text = whole.replace(",", NO_BREAK) + (f",{fraction}" if fraction else "")
    return f"{MINUS}{text}" if rounded < 0 else text


def signed(value):
    """A difference: 18 as "+18", -6 as "−6", 0 as "0", None as "–"."""
    return f"+{number(value)}" if value is not None and value > 0 else number(value)


def percent(share, decimals=1):
    """A share of one, 0.4783 as "47,8 %"."""
    if share is None:
        return UNKNOWN
    return f"{number(Decimal(str(share)) * 100, decimals)}{NO_BREAK}%"


def part_of(part, whole, share):
    """A rate with its denominator: "11 av 23 (47,8 %)"."""
    if part is None or whole is None:
        return UNKNOWN
    text = f"{number(part)} av {number(whole)}"
    return text if share is None else f"{text} ({percent(share)})"


def kronor(value):
    """An amount of money: 120000 as "120 000 kr"."""
    return UNKNOWN if value is None else f"{number(value)}{NO_BREAK}kr"


def bytes_of(size):
    """How large a file is: "340 kB", "1,2 MB"."""
    if size < 1024 * 1024:
        return f"{number(-(-size // 1024))}{NO_BREAK}kB"
    shown = round(size / 1024 / 1024, 1)
    return f"{number(shown, 0 if shown == int(shown) else 1)}{NO_BREAK}MB"


def month_name(number):
    return str(MONTHS[number])


def day(value, precision="day"):
    """A date as precisely as it is known: "2019-10-21", "oktober 2019", "hösten 2019", "2019"."""
    if value is None:
        return UNKNOWN
    if precision == "year":
        return str(value.year)
    if precision == "season":
        return f"{SEASON_LABELS.get(value.month, '')} {value.year}".strip()
    if precision == "month":
        return f"{month_name(value.month)} {value.year}"
    return value.isoformat()


def span(first, last, precision="day"):
    """The days of something: one date, or the first and the last of several."""
    if precision != "day" or last is None or last == first:
        return day(first, precision)
    return f"{first.isoformat()}{NO_BREAK}–{NO_BREAK}{last.isoformat()}"
