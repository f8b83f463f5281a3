"""The words of the page that says what a release passed; see `interface`."""

from __future__ import annotations

from collections.abc import Mapping

EVIDENCE_WORDS: Mapping[str, tuple[str, str]] = {
    "evidence.unread": (
        "What was kept of earlier releases cannot be read: the figures begin anew here.",
        "Was von früheren Ausgaben aufgehoben war, ist nicht lesbar: Die Zahlen beginnen hier neu.",
    ),
    "evidence.passed.all": (
        "All {count} gates of the pipeline let this release through.",
        "Alle {count} Prüfungen der Pipeline haben diese Ausgabe durchgelassen.",
    ),
    "evidence.passed.some": (
        "{count} of {all} gates of the pipeline let this release through.",
        "{count} von {all} Prüfungen der Pipeline haben diese Ausgabe durchgelassen.",
    ),
    "evidence.missing.some": (
        "There is no report of: {names}. Nobody knows what they would have said.",
        "Kein Bericht ist da von: {names}. Was sie gesagt hätten, weiß niemand.",
    ),
    "evidence.preview": (
        "This is the evidence for a preview: nothing of it is published.",
        "Das sind die Belege einer Vorschau: Nichts davon ist veröffentlicht.",
    ),
    "evidence.commit": ("Commit", "Commit"),
    "evidence.created": ("Made", "Gemacht"),
    "evidence.contents": ("Digest of its contents", "Prüfsumme des Inhalts"),
    "evidence.manifest": ("Manifest", "Manifest"),
    "evidence.manifest.why": (
        "every file with its sha256",
        "jede Datei mit ihrer sha256",
    ),
    "evidence.pipeline": ("Pipeline", "Pipeline"),
    "evidence.gates": ("Gates", "Prüfungen"),
    "evidence.gate": ("Gate", "Prüfung"),
    "evidence.verdict": ("Verdict", "Urteil"),
    "evidence.said": ("What it looked at, and found", "Was sie ansah und fand"),
    "evidence.reports": ("Reports", "Berichte"),
    "evidence.report": ("Report", "Bericht"),
    "evidence.passed": ("passed", "bestanden"),
    "evidence.failed": ("failed", "nicht bestanden"),
    "evidence.broken": ("broken", "kaputt"),
    "evidence.missing": ("no report", "kein Bericht"),
    "evidence.absent": (
        "The pipeline that published this has no report of it.",
        "Die Pipeline, die das veröffentlicht hat, hat keinen Bericht davon.",
    ),
    "evidence.unreadable": (
        "There is a report, and it cannot be read.",
        "Es gibt einen Bericht, und er ist nicht lesbar.",
    ),
    "evidence.foreign": (
        "There is a report, and it is of another commit, or of another pipeline.",
        "Es gibt einen Bericht, und er ist von einem anderen Commit oder einer anderen Pipeline.",
    ),
    "evidence.figures": ("Figures", "Zahlen"),
    "evidence.figures.own": ("Every figure of every gate", "Jede Zahl jeder Prüfung"),
    "evidence.figure": ("Figure", "Zahl"),
    "evidence.value": ("Value", "Wert"),
    "evidence.severity": ("Findings by severity", "Funde nach Schwere"),
    "evidence.severity.why": (
        "Everything that was found is counted. What is accepted, or below the gate's threshold, "
        "is in the reports with the reason.",
        "Gezählt ist alles, was gefunden wurde. Was hingenommen ist oder unter der Schwelle "
        "liegt, steht mit dem Grund in den Berichten.",
    ),
    "evidence.accepted": ("do not count", "zählen nicht"),
    "evidence.none.found": ("Nothing was found.", "Nichts wurde gefunden."),
    "evidence.data": (
        "The vulnerability data is of {newest}; it was {days} days old when it was asked.",
        "Die Daten über Schwachstellen sind von {newest}; bei der Prüfung waren sie {days} Tage "
        "alt.",
    ),
    "evidence.lighthouse": ("Lighthouse", "Lighthouse"),
    "evidence.lighthouse.none": (
        "The pipeline that published this has no report of Lighthouse.",
        "Die Pipeline, die das veröffentlicht hat, hat keinen Bericht von Lighthouse.",
    ),
    "evidence.licences": ("Licences of the dependencies", "Lizenzen der Abhängigkeiten"),
    "evidence.licence": ("Licence", "Lizenz"),
    "evidence.unclear": ("unclear", "unklar"),
    "evidence.packages": ("Packages", "Pakete"),
    "evidence.package": ("Package", "Paket"),
    "evidence.dependencies": ("Dependencies", "Abhängigkeiten"),
    "evidence.dependencies.all": ("All {count} dependencies", "Alle {count} Abhängigkeiten"),
    "evidence.dependencies.none": (
        "There is no bill of materials that counts, so nothing is known of the dependencies.",
        "Es gibt keine Stückliste, die zählt; über die Abhängigkeiten ist nichts bekannt.",
    ),
    "evidence.history": ("Over the releases", "Über die Ausgaben"),
    "evidence.history.table": ("These figures as a table", "Diese Zahlen als Tabelle"),
    "evidence.history.first": (
        "This is the first release of which figures are kept; lines come with the next ones.",
        "Das ist die erste Ausgabe, von der Zahlen aufgehoben sind; Linien folgen mit weiteren.",
    ),
    "evidence.plotted": (
        "{name}: {last} now; from {low} to {high} in {count} releases",
        "{name}: jetzt {last}; von {low} bis {high} in {count} Ausgaben",
    ),
    "evidence.files": ("The reports", "Die Berichte"),
    "evidence.files.why": (
        "These are the files that this page is made from, as the pipeline wrote them.",
        "Aus diesen Dateien ist die Seite gemacht, so wie die Pipeline sie geschrieben hat.",
    ),
    "evidence.size": ("Size", "Größe"),
    "figure.coverage": ("Coverage, %", "Abdeckung, %"),
    "figure.branches": ("Coverage of branches, %", "Abdeckung der Zweige, %"),
    "figure.tests": ("Tests", "Tests"),
    "figure.findings": ("Findings of security", "Funde zur Sicherheit"),
    "figure.vulnerabilities": ("Known vulnerabilities", "Bekannte Schwachstellen"),
    "figure.data_age": ("Age of that data, days", "Alter dieser Daten, Tage"),
    "figure.dependencies": ("Dependencies", "Abhängigkeiten"),
    "figure.licences": ("Licences", "Lizenzen"),
    "figure.accessibility": ("Findings of accessibility", "Funde zur Zugänglichkeit"),
    "figure.pages": ("Pages", "Seiten"),
    "figure.heaviest": ("Heaviest page, kB", "Schwerste Seite, kB"),
    "figure.weight": ("The whole site, MB", "Die ganze Website, MB"),
    "figure.lighthouse_performance": ("Lighthouse: performance", "Lighthouse: Leistung"),
    "figure.lighthouse_accessibility": (
        "Lighthouse: accessibility",
        "Lighthouse: Zugänglichkeit",
    ),
    "figure.lighthouse_practices": ("Lighthouse: best practices", "Lighthouse: gute Praxis"),
    "figure.lighthouse_search": ("Lighthouse: search engines", "Lighthouse: Suchmaschinen"),
}
