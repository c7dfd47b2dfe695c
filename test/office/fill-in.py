"""Fills in a sheet as a person does: opens it in LibreOffice, types into cells, saves it.

Usage: fill-in.py, with a JSON request on standard input:
  source, targets  the file to open, and the files to save
  locale           of LibreOffice, such as de-DE: it decides how typed text is read and how dates are shown
  separator        of CSV files that are saved
  rows             what to type: {row, decision, ...} for the line whose column "row" has this value
LibreOffice runs with a profile of its own, which is removed, and has ended when this ends.
"""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.lang import DisposedException

SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>{}</value></prop></item>
</oor:items>
"""
WORKBOOK = "Calc MS Excel 2007 XML"
CSV = "Text - txt - csv (StarCalc)"
UTF_8 = 76
SECONDS_TO_START = 120


def properties(**values):
    return tuple(PropertyValue(Name=name, Value=value) for name, value in values.items())


def start(folder, locale):
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(SETTINGS.format(locale), encoding="utf-8")
    return subprocess.Popen(
        ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore",
         f"--accept=pipe,name={folder.name};urp"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)


def connect(folder, process):
    """The desktop of the LibreOffice that was started. It doesn't announce when it is ready, so this tries until it is."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    pause = threading.Event()
    for _ in range(SECONDS_TO_START * 10):
        try:
            context = resolver.resolve(f"uno:pipe,name={folder.name};urp;StarOffice.ComponentContext")
            return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        except NoConnectException:
            if process.poll() not in (None, 0):
                sys.exit(f"soffice ended with {process.returncode}")
            pause.wait(0.1)
    sys.exit("soffice does not start")


def type_rows(sheet, rows):
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    area = sheet.getCellRangeByPosition(0, 0, cursor.RangeAddress.EndColumn, cursor.RangeAddress.EndRow)
    data = area.getDataArray()
    header = list(data[0])
    lines = {str(line[header.index("row")]).removesuffix(".0"): i for i, line in enumerate(data)}
    for row in rows:
        line = lines[str(row["row"])]
        for column, typed in row.items():
            if column != "row":
                sheet.getCellByPosition(header.index(column), line).FormulaLocal = typed


def fill_in(desktop, request):
    source, targets = pathlib.Path(request["source"]), [pathlib.Path(target) for target in request["targets"]]
    load = properties(Hidden=True)
    if source.suffix == ".csv":
        load += properties(FilterName=CSV, FilterOptions=f"44,34,{UTF_8},1")
    document = desktop.loadComponentFromURL(source.as_uri(), "_blank", 0, load)
    type_rows(document.Sheets.getByIndex(0), request["rows"])
    # Cells are saved as shown, which is LibreOffice's default.
    csv = properties(FilterName=CSV, FilterOptions=f"{ord(request['separator'])},34,{UTF_8},1,,0,false,true,false")
    workbook = properties(FilterName=WORKBOOK)
    for target in targets:
        document.storeToURL(target.as_uri(), csv if target.suffix == ".csv" else workbook)
    document.close(True)


def main():
    request = json.load(sys.stdin)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="fill-in-"))
    process = start(folder, request["locale"])
    try:
        desktop = connect(folder, process)
        fill_in(desktop, request)
        try:
            desktop.terminate()
        except DisposedException:
            pass  # it ended before it could say so
        process.wait(60)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


main()
