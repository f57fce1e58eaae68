"""What free text may not hold. 811218-9876 is the tax agency's own example."""

import pytest

from programmes.text import holds_identity_number


@pytest.mark.parametrize(
    "text",
    [
        "811218-9876",
        "8112189876",
        "811218+9876",
        "19811218-9876",
        "19811218 - 9876",
        "1981-12-18-9876",
        "1981 12 18 9876",
        "1981.12.18-9876",
        "81 12 18-9876",
        "811218\u00a0\u00a09876",
        "811218.9876",
        "811218/9876",
        "811218_9876",
        "811218\u22129876",
        "811218\u20119876",
        "811218\u20149876",
        "811218\u00ad-9876",
        "8112\u200b18-9876",
        "８１１２１８-９８７６",
        "Ring Kim (811218-9876) i morgon",
        "811278-9873",  # a coordination number: sixty added to the day
    ],
)
def test_a_personal_identity_number_is_found_however_it_is_written(text):
    assert holds_identity_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "811218-9877",  # the checksum is wrong
        "556016-0680",  # an organisation
        "070-123 45 67",
        "08-12 12 34 56",
        "2019-10-21 09.30",
        "2019-10-21–2019-10-23",
        "1 275 deltagartillfällen 2016–2020",
        "§ 53/2026",
        "12345678901234567890",
    ],
)
def test_other_numbers_are_left_alone(text):
    assert not holds_identity_number(text)
