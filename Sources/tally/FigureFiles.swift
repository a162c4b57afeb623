import Glibc
import Records
import Reports

/// Writes figures into a folder, one SVG file each.
enum FigureFiles {
  static func write(_ report: CheckReport, folder: String) throws(FileText.Failure) {
    if mkdir(folder, 0o777) != 0, errno != EEXIST { throw FileText.Failure(path: folder, number: errno) }
    for entry in report.entries {
      for (index, figure) in entry.finding.figures.enumerated() {
        try FileText.write(FigureSVG.render(figure), to: "\(folder)/\(FigureSVG.fileName(entry, index: index))")
      }
    }
  }
}
