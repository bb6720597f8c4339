"""Files as list officers send them, made here: each with the people it holds and every problem it has, exactly.

A person is written `family|given|father|born`, empty where unknown. Problems are codes, in the order told: what stops
the file first, then the reader's notes. Whoever meets a new kind of awkward file adds it here. All people are invented.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from repatria.files.guarded import Asked
from tests.files.books import ods, xls, xlsb
from tests.files.test_pfif import elements, pfif


@dataclass(frozen=True)
class Awkward:
    name: str
    data: bytes
    people: tuple[str, ...]
    problems: tuple[str, ...] = ()
    asked: Asked = field(default_factory=Asked)


def _text(
    name: str, text: str, people: str = "", problems: str = "", encoding: str = "utf-8", asked: Asked | None = None
) -> Awkward:
    return Awkward(name, text.encode(encoding), tuple(people.split()), tuple(problems.split()), asked or Asked())


def _book(
    name: str,
    rows: Sequence[Sequence[object]],
    people: str = "",
    problems: str = "",
    change: Callable[[Workbook, Worksheet], None] = lambda book, sheet: None,
    asked: Asked | None = None,
) -> Awkward:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in rows:
        sheet.append(list(row))
    change(book, sheet)
    out = io.BytesIO()
    book.save(out)
    return Awkward(name, out.getvalue(), tuple(people.split()), tuple(problems.split()), asked or Asked())


UK = "Прізвище;Ім'я;По батькові;Дата народження\n"
RU = "Фамилия;Имя;Отчество;Дата рождения\n"
TR = "Soyadı;Adı;Baba adı;Doğum tarihi\n"
AR = "اللقب;الاسم;اسم الأب;تاريخ الولادة\n"
EN = "surname,first name,date of birth\n"
UK_ONE, UK_IS = "Вигаданий;Тест;Уявович;05.03.1987\n", "Вигаданий|Тест|Уявович|1987-03-05/1987-05-03"
RU_ONE, RU_IS = "Выдуманный;Тест;Уявович;25.03.1987\n", "Выдуманный|Тест|Уявович|1987-03-25"
TR_ONE, TR_IS = "Uydurulmuş;Örnek;Işık;1987\n", "Uydurulmuş|Örnek|Işık|1987"
AR_ONE, AR_IS = "الوهمي;تجربة;مثال;1987\n", "الوهمي|تجربة|مثال|1987"
HEAD = ["surname", "first name", "date of birth"]
ONE, IS = ["Invented", "Test", "1987-03-05"], "Invented|Test||1987-03-05"
DOUBT, SAID = "import.date.ambiguous", "file.encoding"


def _merge_below(book: Workbook, sheet: Worksheet) -> None:
    sheet.merge_cells("A7:A9")  # the reader of cells ends above


def _hide(book: Workbook, sheet: Worksheet) -> None:
    sheet.row_dimensions[2].hidden = True


def _hide_column(book: Workbook, sheet: Worksheet) -> None:
    sheet.column_dimensions["C"].hidden = True


def _from_1904(book: Workbook, sheet: Worksheet) -> None:
    book.epoch = datetime.datetime(1904, 1, 1)


def _hidden_sheet(book: Workbook, sheet: Worksheet) -> None:
    other = book.create_sheet("other")
    other.append(HEAD)
    other.append(["Second", "Test", ""])
    other.sheet_state = "hidden"


def _second_sheet(book: Workbook, sheet: Worksheet) -> None:
    other = book.create_sheet("list")
    other.append(HEAD)
    other.append(ONE)


def _merge_title(book: Workbook, sheet: Worksheet) -> None:
    sheet.merge_cells("A1:C1")


def _merge_unit(book: Workbook, sheet: Worksheet) -> None:
    sheet.merge_cells("A2:A3")


CASES: tuple[Awkward, ...] = (
    # encodings
    _text("uk-utf8", UK + UK_ONE, UK_IS, DOUBT),
    _text("uk-utf8-mark", UK + UK_ONE, UK_IS, DOUBT, "utf-8-sig"),
    _text("uk-cp1251", UK + UK_ONE, UK_IS, f"{SAID} {DOUBT}", "cp1251"),
    _text("uk-koi8", UK + UK_ONE, UK_IS, f"{SAID} {DOUBT}", "koi8-u"),
    _text("uk-utf16", UK + UK_ONE, UK_IS, f"{SAID} {DOUBT}", "utf-16"),
    _text("uk-utf16le-unmarked", UK + UK_ONE, UK_IS, f"{SAID} {DOUBT}", "utf-16-le"),
    _text("uk-utf16be-unmarked", UK + UK_ONE, UK_IS, f"{SAID} {DOUBT}", "utf-16-be"),
    _text("ru-cp1251", RU + RU_ONE, RU_IS, SAID, "cp1251"),
    _text("ru-koi8", RU + RU_ONE, RU_IS, SAID, "koi8-u"),
    _text("ru-koi8-capitals", (RU + RU_ONE).upper(), RU_IS.upper(), SAID, "koi8-u"),
    _text("tr-cp1254", TR + TR_ONE, TR_IS, SAID, "cp1254"),
    _text("tr-utf8", TR + TR_ONE, TR_IS),
    _text("ar-cp1256", AR + AR_ONE, AR_IS, SAID, "cp1256"),
    _text("ar-utf8", AR + AR_ONE, AR_IS),
    _text("ru-cp866-declared", RU + RU_ONE, RU_IS, "", "cp866", Asked(encoding="cp866")),
    _text("french-in-doubt", EN + "Xé,Y,\n", "", "file.encoding.doubtful", "cp1252"),
    # separators and ends
    _text("tabs", EN.replace(",", "\t") + "Invented\tTest\t1987\n", "Invented|Test||1987"),
    _text("bars", EN.replace(",", "|") + "Invented|Test|1987\n", "Invented|Test||1987"),
    _text("sep-line", "sep=;\n" + EN.replace(",", ";") + "Invented;Test;1987\n", "Invented|Test||1987"),
    _text("commas-in-a-semicolon-file", "surname;first name;dob;unit, camp, place\nInvented;Test;1987;a, b, c\n",
          "Invented|Test||1987", "import.column.unknown"),
    _text("old-mac-line-ends", EN.replace("\n", "\r") + "Invented,Test,1987\r", "Invented|Test||1987"),
    _text("no-last-line-end", EN + "Invented,Test,1987", "Invented|Test||1987", "file.csv.no_final_line_end"),
    _text("cut-in-a-row", EN + "Invented,Test,1987\nSec", "", "file.csv.cut"),
    _text("quote-left-open", EN + 'Invented,"Test,1987\n', "", "file.csv.open_quote"),
    _text("ragged", EN + "Invented,Test\nSecond,Test,1987\n", "", "file.csv.ragged"),
    Awkward("line-break-in-a-cell", (EN + '"Invented","Test",1987\n"Second","Te\nst",\n').encode(),
            ("Invented|Test||1987", "Second|Te st||"), ("import.name.line_break",)),
    _text("empty-rows-between", EN + ",,\n\nInvented,Test,1987\n,,\n", "Invented|Test||1987"),
    _text("neutralised", EN + "'=1+1,Test,1987\n", "=1+1|Test||1987", "import.name.letters"),
    # titles, counts, totals
    _text("titles-above", "Список осіб\nстаном на сьогодні\n\n" + UK + UK_ONE, UK_IS, f"file.title_rows {DOUBT}"),
    _text("titles-with-separators", "Список осіб;;;\n" + RU + RU_ONE, RU_IS, "file.title_rows"),
    _text("numbered-columns", UK + "1;2;3;4\n" + UK_ONE, UK_IS, f"file.row_aside {DOUBT}"),
    _text("total-below", RU + RU_ONE + "Итого: 1;;;\n", RU_IS, "file.row_aside"),
    _text("signed-below", RU + RU_ONE + "Итого: 1;;;\n;;;\nНачальник лагеря;________;;\n1 декабря;;;\n", RU_IS,
          "file.row_aside file.row_aside"),
    _text("one-entry-below-and-not-apart", UK + UK_ONE + "Один;;;\n", f"{UK_IS} Один|||",
          f"{DOUBT} import.cell.unknown"),
    _text("apart-below-and-somebody", UK + UK_ONE + ";;;\nІнший;Тест;;\n", f"{UK_IS} Інший|Тест||", DOUBT),
    _text("one-column-alone-apart-below", "ПІБ;Дата народження\nВигаданий Тест;1987\n;\nІнший Тест;\n",
          "Вигаданий|Тест||1987 Інший|Тест||"),
    _text("total-in-words", UK + UK_ONE + "Всього;1 особа;;\n", UK_IS, f"file.row_aside {DOUBT}"),
    # headings and names
    _text("headings-in-capitals-numbered", "1. SURNAME,2) FIRST NAME,3: Date of Birth (D/M/Y)\nInvented,Test,1987\n",
          "Invented|Test||1987"),
    _text("no-headings", "Invented,Test,1987\nSecond,Test,1988\n", "",
          "import.column.missing import.column.unknown import.column.unknown import.column.unknown"),
    _text("two-surnames", "surname,last name,first name,dob\nA,B,C,\n", "", "import.column.doubled"),
    _text("one-column-uk", "ПІБ;Дата народження\nВигаданий Тест Уявович;1987\n", "Вигаданий|Тест|Уявович|1987"),
    _text("one-column-ru", "№ п/п;Ф.И.О.;Год рождения\n1;Выдуманный Тест Уявович;1987 г.р.\n",
          "Выдуманный|Тест|Уявович|1987"),
    _text("one-column-one-word", "ПІБ;Дата народження\nВигаданий;1987\n", "Вигаданий|||1987", "import.name.split"),
    _text("capture-card", "2. Name;3. First names (in full);4. First name of father;5. Date of birth;7. Rank\n"
          "Invented;Test;Sample;1987;x\n", "Invented|Test|Sample|1987"),
    _text("wish-declared", "surname,first name,dob,wish to return\nA,B,,unwilling\n", "", "import.column.wish"),
    # dates
    _text("dates-partial", EN + "A,B,1987\nC,D,03.1987\nE,F,1987-03\nG,H,\n",
          "A|B||1987 C|D||1987-03 E|F||1987-03 G|H||"),
    _text("dates-in-words", UK + "Вигаданий;Тест;;5 березня 1987 р.\n", "Вигаданий|Тест||1987-03-05"),
    _text("dates-with-midnight", EN + "A,B,1987-03-05 00:00:00\nC,D,25.03.1987 0:00\n",
          "A|B||1987-03-05 C|D||1987-03-25"),
    _text("dates-told-by-others", EN + "A,B,13.01.1987\nC,D,14.01.1987\nE,F,15.01.1987\nG,H,03.04.1987\n",
          "A|B||1987-01-13 C|D||1987-01-14 E|F||1987-01-15 G|H||1987-04-03", "import.date.inferred"),
    _text("dates-of-both-orders", EN + "A,B,13.01.1987\nC,D,01.14.1987\nG,H,03.04.1987\n",
          "A|B||1987-01-13 C|D||1987-01-14 G|H||1987-03-04/1987-04-03", f"import.date.mixed {DOUBT}"),
    _text("dates-impossible", EN + "A,B,30.02.1987\nC,D,1987-13-01\nE,F,05.03.87\nG,H,0987\n", "",
          "import.date.invalid import.date.invalid import.date.year import.date.year"),
    _text("day-number-in-text", EN + "A,B,31841\n", "", "import.date.serial"),
    # deceiving characters
    _text("bidi-in-a-name", EN + "Inv\u202eented,Test,\n", "", "import.text.bidi"),
    # workbooks
    _book("dates-typed", [HEAD, ["Invented", "Test", datetime.date(1987, 3, 5)]], IS),
    _book("dates-typed-1904", [HEAD, ["Invented", "Test", datetime.date(1987, 3, 5)]], IS, "", _from_1904),
    _book("day-number-1900", [HEAD, ["Invented", "Test", 31841]], IS, "import.date.from_serial"),
    _book("day-number-1904", [HEAD, ["Invented", "Test", 30379]], IS, "import.date.from_serial", _from_1904),
    _book("year-as-a-number", [HEAD, ["Invented", "Test", 1987]], "Invented|Test||1987"),
    _book("title-merged", [["A list", None, None], HEAD, ONE], IS, "file.title_rows", _merge_title),
    _book("family-name-merged", [HEAD, ONE, [None, "Second", "1990"]], f"{IS} Invented|Second||1990",
          "file.workbook.merged", _merge_unit),
    _book("merged-below-the-last-row", [HEAD, ONE], IS, "", _merge_below),
    _book("row-hidden", [HEAD, ONE], IS, "file.workbook.hidden_rows", _hide),
    _book("column-hidden", [HEAD, ONE], IS, "file.workbook.hidden_columns", _hide_column),
    _book("sheet-hidden", [HEAD, ONE], IS, "file.workbook.sheets", _hidden_sheet),
    _book("list-on-the-second-sheet", [["read me"]], IS, "file.workbook.sheets", _second_sheet),
    _book("sheet-asked-for", [HEAD, ["Other", "Test", ""]], IS, "", _second_sheet, Asked(sheet="2")),
    _book("entry-beside-the-table", [HEAD, [*ONE, "x"]], "", "file.workbook.ragged"),
    _book("empty-sheet", [], "", "file.empty"),
    _book("formula-without-a-result", [HEAD, ["=A9", "Test", ""]], "|Test||", "import.cell.unknown"),
    Awkward("xls", xls([HEAD, ONE]), (IS,)),
    Awkward("xls-day-number", xls([HEAD, ["Invented", "Test", 31841]]), (IS,), ("import.date.from_serial",)),
    Awkward("xls-day-number-1904", xls([HEAD, ["Invented", "Test", 30379]], from_1904=True), (IS,),
            ("import.date.from_serial",)),
    Awkward("xls-row-hidden", xls([HEAD, ONE], hidden_rows=(1,)), (IS,), ("file.workbook.hidden_rows",)),
    Awkward("xls-column-hidden", xls([HEAD, ONE], hidden_columns=(2, 40)), (IS,), ("file.workbook.hidden_columns",)),
    Awkward("xlsb", xlsb([HEAD, ONE]), (IS,)),
    Awkward("xlsb-titles", xlsb([["A list"], [], HEAD, ONE]), (IS,), ("file.title_rows",)),
    Awkward("xlsb-day-number", xlsb([HEAD, ["Invented", "Test", 31841]]), (IS,), ("import.date.from_serial",)),
    Awkward("xlsb-day-number-1904", xlsb([HEAD, ["Invented", "Test", 30379]], from_1904=True), (IS,),
            ("import.date.from_serial",)),
    Awkward("xlsb-row-hidden", xlsb([HEAD, ONE], hidden_rows=(1,)), (IS,), ("file.workbook.hidden_rows",)),
    Awkward("xlsb-column-hidden", xlsb([HEAD, ONE], hidden_columns=(2, 40)), (IS,), ("file.workbook.hidden_columns",)),
    Awkward("ods", ods([HEAD, ONE]), (IS,)),
    Awkward("ods-titles", ods([["A list"], [], HEAD, ONE]), (IS,), ("file.title_rows",)),
    # for machines
    _text("json-lines", '{"surname": "Invented", "first name": "Test", "dob": "1987-03-05"}\n', IS),
    _text("json-nested", '{"surname": {"a": 1}}\n', "", "file.json.line"),
    Awkward("pfif-1.4", pfif(elements(family_name="Invented", given_name="Test", date_of_birth="1987-03-05")), (IS,)),
    Awkward("pfif-1.3",
            pfif(elements(last_name="Invented", first_name="Test", date_of_birth="1987-03-05"), version="1.3"),
            (IS,)),
    # not lists
    _text("web-page", "<html><table><tr><td>Invented</td></tr></table></html>", "", "file.kind"),
    Awkward("pdf", b"%PDF-1.7\n", (), ("file.kind",)),
    Awkward("nothing", b"  \r\n", (), ("file.empty",)),
    Awkward("zeros", bytes(100), (), ("file.csv.binary",)),
    # digits, calendars and marks of other alphabets
    _text("arabic-digits", AR + "الوهمي;تجربة;مثال;٢٥/٠٣/١٩٨٧\nالخيالي;تجربة;مثال;١٩٨٨م\n",
          "الوهمي|تجربة|مثال|1987-03-25 الخيالي|تجربة|مثال|1988"),
    _text("persian-digits", AR + "الوهمي;تجربة;مثال;۱۹۸۷\n", "الوهمي|تجربة|مثال|1987"),
    _text("digits-of-two-kinds", AR + "الوهمي;تجربة;مثال;1٩87\n" + 2 * AR_ONE, f"الوهمي|تجربة|مثال| {AR_IS} {AR_IS}",
          "import.date.digits"),
    _text("marks-of-direction-in-a-date", AR + "الوهمي;تجربة;مثال;\u200f25\u200f/03\u200f/1987\n",
          "الوهمي|تجربة|مثال|1987-03-25"),
    _text("one-hijri-date-among-others",
          AR + "الوهمي;تجربة;مثال;١٤٠٧/٧/٥\nالخيالي;تجربة;مثال;5 رجب 1407 هـ\n" + 3 * AR_ONE,
          f"الوهمي|تجربة|مثال| الخيالي|تجربة|مثال| {AR_IS} {AR_IS} {AR_IS}", "import.date.year import.date.year"),
    _text("hijri-dates", AR + "الوهمي;تجربة;مثال;١٤٠٧/٧/٥\n", "", "import.date.year"),
    _text("dotless-i-tr", "SIRA NO;SOYADI;ADI;DOĞUM TARİHİ;CİNSİYETİ;KAMPI\n1;IŞIK;ILGIN;25.03.1987;KADIN;Kamp\n",
          "IŞIK|ILGIN||1987-03-25", SAID, "cp1254"),
    _text("cp1251-semicolons-title-total",
          "Список;;\n;;\n№ п/п;ФИО;Дата рожд.\n1;Выдуманный Тест Уявович;25.03.1987\nИтого: 1;;\n",
          "Выдуманный|Тест|Уявович|1987-03-25",
          f"{SAID} file.title_rows file.row_aside", "cp1251"),
    # no list at all
    _text("prose", "# Notes\n\nNobody, here, is listed.\nYet there are, as in prose, commas.\n", "", "file.no_table"),
    _text("prose-without-commas", "Notes\nnobody here\n", "", "import.column.missing import.column.unknown"),
    _book("prose-in-a-workbook", [["Notes"], ["a", "b", "c"], ["d", "e"]], "", "file.no_table"),
)  # fmt: skip
