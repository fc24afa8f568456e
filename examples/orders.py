"""Make orders.xlsx, the small workbook of docs/spreadsheet.md. Run: python examples/orders.py"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Font

HEADER = ("Order", "Customer", "Due", "Amount", "Paid", "Status")
ORDERS = (
    ("A-101", "Nordlicht GmbH", date(2026, 3, 2), 1250.0, 1250.0, "closed"),
    ("A-102", "Bakkerij Smit", date(2026, 3, 9), 480.5, 0, "open"),
    ("A-103", "Café Río", date(2026, 3, 9), 1980.0, 500.0, "open"),
    ("A-104", "Nordlicht GmbH", date(2026, 3, 20), 75.0, 75.0, "closed"),
    ("A-105", "Hansen & Co", date(2026, 4, 1), 1000.0, None, "open"),
    ("A-106", "Okafor Ltd", date(2026, 4, 3), 3310.0, 0, "Open"),
    ("A-107", "Café Río", date(2026, 4, 3), "on request", None, "draft"),
    ("A-108", "Bakkerij Smit", date(2026, 4, 17), 640.0, 640.0, "closed"),
    ("A-109", "Okafor Ltd", date(2026, 5, 4), 1520.0, 1600.0, "reopened"),
    ("A-110", "Hansen & Co", date(2026, 5, 4), 212.0, 0, "cancelled"),
)


def main(path: Path = Path("orders.xlsx")) -> None:
    """Write the orders, and below them a total that no rule should colour."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Orders"
    for row in (HEADER, *ORDERS):
        sheet.append(row)
    sheet.append(("Total", None, None, f"=SUM(D2:D{len(ORDERS) + 1})"))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for column, width in zip("ABCDEF", (8, 18, 12, 12, 10, 10), strict=True):
        sheet.column_dimensions[column].width = width
    book.save(path)


if __name__ == "__main__":
    main()
