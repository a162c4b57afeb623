public import Records

/// A figure as a picture that stands alone: SVG 1.1 with a title and a description for who cannot see it.
///
/// The colours follow the reader's light or dark scheme and are told apart by people who do not see all of them; nothing is
/// said by colour alone. There are no scripts, no links and no outside fonts, and all text is escaped.
public enum FigureSVG {
  /// - Parameter width: of the picture in pixels; below 360 counts as 360. The height follows from the rows.
  public static func render(_ figure: Figure, width: Int = 720) -> String {
    var canvas = SVGCanvas(width: Double(max(width, 360)))
    canvas.heading(figure.title)
    switch figure {
    case .intervals(_, let unit, let rows): IntervalsSVG(rows: rows, quantity: QuantityText(unit)).draw(on: &canvas)
    case .mirror(_, let left, let right, let rows): MirrorSVG(left: left, right: right, rows: rows).draw(on: &canvas)
    case .parts(_, let unit, let parts): PartsSVG(parts: parts, quantity: QuantityText(unit)).draw(on: &canvas)
    case .curve(_, let x, let y, let points, let diagonal):
      CurveSVG(x: x, y: y, points: points, diagonal: diagonal).draw(on: &canvas)
    case .table(_, let columns, let rows): TableSVG(columns: columns, rows: rows).draw(on: &canvas)
    }
    return canvas.document(title: figure.title.isEmpty ? "Figure" : figure.title, description: figure.description)
  }

  /// The name of a file for the figure at `index` of a finding: the same in every run, and another one for every finding.
  public static func fileName(_ entry: CheckReport.Entry, index: Int) -> String {
    let finding = entry.finding
    let digest = CheckReport.Entry.fingerprint(check: finding.check, subject: finding.subject)
    let words = [slug(finding.check), slug(finding.subject), String(digest.prefix(8)), String(index)]
    return words.filter { !$0.isEmpty }.joined(separator: "-") + ".svg"
  }

  /// Lower-case ASCII letters and digits, at most 40; everything else is a single hyphen.
  private static func slug(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      if scalar.isASCII, scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) {
        result += scalar.properties.lowercaseMapping
      } else if !result.isEmpty, result.last != "-" {
        result += "-"
      }
      if result.utf8.count >= 40 { break }
    }
    while result.last == "-" { result.removeLast() }
    return result
  }
}

extension Figure {
  /// What the picture shows, as sentences.
  var description: String {
    switch self {
    case .intervals(_, let unit, let rows):
      let quantity = QuantityText(unit)
      return sentences(
        rows.map { row in
          let isMeasured = row.value.map { !$0.isNaN } ?? false
          let value = isMeasured ? quantity.text(row.value) : "not measured"
          let range = quantity.range(row.low, row.high).map { ", interval \($0)" } ?? ""
          let limit = row.limit.map { ", limit \(quantity.text($0))" } ?? ""
          return "\(row.label): \(value)\(range)\(limit)" + (row.note.isEmpty ? "" : ", \(row.note)")
        })
    case .mirror(_, let left, let right, let rows):
      let quantity = QuantityText(.share)
      return sentences(
        rows.map { "\($0.label): \(left) \(quantity.text($0.left)), \(right) \(quantity.text($0.right))" })
    case .parts(_, let unit, let parts):
      return sentences(parts.map { "\($0.label): \(QuantityText(unit).text($0.value))" })
    case .curve(_, let x, let y, let points, _):
      let quantity = QuantityText(unit: "")
      return sentences(
        ["\(y) against \(x)"]
          + points.map { "\(quantity.text($0.x)): \(quantity.text($0.y))" + ($0.note.isEmpty ? "" : ", \($0.note)") })
    case .table(_, let columns, let rows):
      return sentences(
        rows.map { row in zip(columns, row).map { "\($0): \($1)" }.joined(separator: ", ") })
    }
  }

  private func sentences(_ parts: [String]) -> String {
    let most = 60
    let more = parts.count > most ? " And \(NumberFormat.count(parts.count - most)) more." : ""
    return parts.prefix(most).map { $0 + "." }.joined(separator: " ") + more
  }
}
