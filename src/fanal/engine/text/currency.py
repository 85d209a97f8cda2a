"""Prices: a sign or code of money beside a number."""

import re
from collections.abc import Iterator

_SIGNS = {
    "£": "GB", "₹": "IN", "₽": "RU", "₺": "TR", "₴": "UA", "₪": "IL", "฿": "TH", "₫": "VN", "₱": "PH", "₩": "KR",
    "₦": "NG", "R$": "BR", "zł": "PL", "Kč": "CZ", "円": "JP",
}  # fmt: skip
_CODES = (
    "AED ARS AUD BDT BRL CAD CHF CLP CNY COP CZK DKK EGP GBP HKD HUF IDR ILS INR ISK JPY KES KRW MAD MXN MYR NGN NOK "
    "NZD PEN PHP PKR PLN RON RSD RUB SAR SEK SGD THB TND TRY TWD UAH VND ZAR"
)
"""Codes begin with the country's own. Money of several, and the dollar that is used everywhere, are not here."""
_NUMBER = r"\d{1,3}(?:[ .,']?\d{3})*(?:[.,]\d{1,2})?"
_SIGN = "|".join(map(re.escape, _SIGNS))
_PRICE = re.compile(
    rf"(?:(?P<before>{_SIGN}|\b[A-Z]{{3}}\b)\s?{_NUMBER}(?!\w))|(?:(?<![\w.,]){_NUMBER}\s?(?P<after>{_SIGN}|[A-Z]{{3}}\b))"
)


def prices_in(text: str) -> Iterator[tuple[str, str]]:
    """Yield (price as it was read, country)."""
    for match in _PRICE.finditer(text):
        money = match["before"] or match["after"]
        if money in _SIGNS:
            yield match[0], _SIGNS[money]
        elif money in _CODES.split():
            yield match[0], money[:2]
