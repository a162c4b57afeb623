import Glibc
import Reports

/// Writes figures into a folder, one SVG file each.
enum FigureFiles {
  struct Failure: Error, CustomStringConvertible {
    let path: String
    let number: Int32
    var description: String { "\(path): cannot be written (\(String(cString: strerror(number))))." }
  }

  static func write(_ report: CheckReport, folder: String) throws(Failure) {
    if mkdir(folder, 0o777) != 0, errno != EEXIST { throw Failure(path: folder, number: errno) }
    for entry in report.entries {
      for (index, figure) in entry.finding.figures.enumerated() {
        try write(FigureSVG.render(figure), to: "\(folder)/\(FigureSVG.fileName(entry, index: index))")
      }
    }
  }

  private static func write(_ text: String, to path: String) throws(Failure) {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw Failure(path: path, number: errno) }
    defer { close(file) }
    let number = Terminal.put(text, to: file)
    guard number == 0 else { throw Failure(path: path, number: number) }
  }
}
