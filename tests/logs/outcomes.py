"""What became of the records of a cleaned log, for tests to compare."""


def tally(log):
    """How many records are clean, superseded and quarantined."""
    total = log.ledger.total
    return total.clean, total.superseded, total.quarantined


def row_numbers(log):
    """Row numbers of a log, in order."""
    numbers = [*log.to_frame()["source_row"], *log.quarantined()["source_row"]]
    return sorted(numbers)


def by_row(log, column):
    """What became of each row, in order: a value, None, or the reasons against it."""
    clean_rows, faulty = log.to_frame(), log.quarantined()
    values = clean_rows[column].astype("object").where(clean_rows[column].notna(), None)
    found = dict(zip(clean_rows["source_row"], values, strict=True))
    found |= dict(zip(faulty["source_row"], faulty["reasons"], strict=True))
    return [found[number] for number in row_numbers(log)]
