"""A series as small columns beside its number."""


def spark(series):
    """Each year's (x, y, width, height) on 100 by 24; none if any year is hidden."""
    if any(figure.is_protected for figure in series):
        return ()
    most = max((figure.value or 0 for figure in series), default=0)
    if not most or len(series) < 2:
        return ()
    slot = 100 / len(series)
    bars = []
    for index, figure in enumerate(series):
        height = 0 if figure.value is None else max(23 * figure.value / most, 0.8)
        x = round(slot * index + slot * 0.15, 1)
        bars.append((x, round(24 - height, 1), round(slot * 0.7, 1), round(height, 1)))
    return tuple(bars)
