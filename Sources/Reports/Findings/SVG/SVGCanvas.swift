internal import Records

/// An SVG picture while it is drawn, from the top down.
///
/// Widths of texts are estimated, since no font is at hand: on the generous side for what usual sans-serif fonts take.
struct SVGCanvas {
  enum Anchor: String { case start, middle, end }

  static let margin = 16.0
  static let textSize = 13.0
  static let smallSize = 11.0
  /// Rows of a picture before the rest is counted.
  static let rowLimit = 60
  /// Okabe and Ito's colours without their black and yellow, repeated when there are more parts.
  static let series = 6

  let width: Double
  /// Where the next element may begin.
  var top = SVGCanvas.margin
  private var elements: [String] = []

  init(width: Double) { self.width = width }

  var left: Double { SVGCanvas.margin }
  var right: Double { width - SVGCanvas.margin }

  mutating func heading(_ title: String) {
    guard !title.isEmpty else { return }
    top += 14
    text(fitted(title, to: right - left, size: 17), x: left, y: top, "title ink")
    top += 16
  }

  /// - Parameters:
  ///   - y: of the base line.
  ///   - styles: class names.
  mutating func text(_ text: String, x: Double, y: Double, _ styles: String, anchor: Anchor = .start) {
    guard !text.isEmpty else { return }
    add("text", [("x", number(x)), ("y", number(y)), ("class", styles), ("text-anchor", anchor.rawValue)], text)
  }

  mutating func line(_ from: (x: Double, y: Double), _ to: (x: Double, y: Double), _ styles: String) {
    add(
      "line",
      [("x1", number(from.x)), ("y1", number(from.y)), ("x2", number(to.x)), ("y2", number(to.y)), ("class", styles)])
  }

  mutating func rectangle(
    x: Double, y: Double, width: Double, height: Double, _ styles: String, radius: Double = 0, hint: String = ""
  ) {
    add(
      "rect",
      [
        ("x", number(x)), ("y", number(y)), ("width", number(max(width, 0))), ("height", number(height)),
        ("rx", number(radius)), ("class", styles),
      ], hint: hint)
  }

  mutating func circle(x: Double, y: Double, radius: Double, _ styles: String, hint: String = "") {
    add("circle", [("cx", number(x)), ("cy", number(y)), ("r", number(radius)), ("class", styles)], hint: hint)
  }

  mutating func path(_ points: [(x: Double, y: Double)], _ styles: String) {
    guard !points.isEmpty else { return }
    let text = points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
    add("polyline", [("points", text), ("class", styles)])
  }

  mutating func more(_ hidden: Int) {
    guard hidden > 0 else { return }
    text("and \(NumberFormat.count(hidden)) more rows", x: left, y: top + 12, "small muted")
    top += 20
  }

  /// A number below an axis: short even where it is large.
  static func tick(_ value: Double, _ quantity: QuantityText) -> String {
    let text = quantity.isShare ? quantity.text(value) : quantity.bare(value)
    return text.count > 9 ? NumberFormat.scientific(value) ?? text : text
  }

  /// A text cut in the middle to what fits.
  func fitted(_ text: String, to room: Double, size: Double = SVGCanvas.textSize) -> String {
    TerminalText.fitted(TerminalText.safe(text), to: max(Int(room / (size * 0.56)), 1))
  }

  static func width(of text: String, size: Double = SVGCanvas.textSize) -> Double {
    Double(TerminalText.columns(TerminalText.safe(text))) * size * 0.56
  }

  func document(title: String, description: String) -> String {
    let height = top + SVGCanvas.margin
    let body = elements.joined(separator: "\n")
    // Several pictures may stand in one page: their names must not meet.
    let id = "f" + SHA256Digest(of: title + body).description.prefix(10)
    let size = "width=\"\(number(width))\" height=\"\(number(height))\""
    let box = "viewBox=\"0 0 \(number(width)) \(number(height))\""
    return """
      <svg xmlns="http://www.w3.org/2000/svg" \(size) \(box) class="tally" role="img" aria-labelledby="\(id)t \(id)d">
      <title id="\(id)t">\(XMLText.escaped(title))</title>
      <desc id="\(id)d">\(XMLText.escaped(description))</desc>
      <style>
      \(SVGCanvas.style)
      </style>
      <rect class="ground" width="100%" height="100%" rx="6"/>
      \(body)
      </svg>

      """
  }

  private mutating func add(
    _ name: String, _ attributes: [(name: String, value: String)], _ text: String? = nil, hint: String = ""
  ) {
    let head = "<" + name + XMLText.attributes(attributes)
    if let text {
      elements.append("\(head)>\(XMLText.escaped(text))</\(name)>")
    } else {
      elements.append(hint.isEmpty ? head + "/>" : "\(head)><title>\(XMLText.escaped(hint))</title></\(name)>")
    }
  }

  /// One decimal; what is not finite or far outside the picture is drawn at its edge.
  private func number(_ value: Double) -> String {
    guard value.isFinite else { return "0" }
    let tenths = Int((min(max(value, -10_000), 1_000_000) * 10).rounded())
    let whole = tenths / 10
    let rest = abs(tenths % 10)
    let sign = tenths < 0 && whole == 0 ? "-" : ""
    return rest == 0 ? "\(whole)" : "\(sign)\(whole).\(rest)"
  }

  private static let style = """
    .tally{font:13px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif}
    .tally .title{font-size:15px;font-weight:600}
    .tally .small{font-size:11px}
    .tally .strong{font-weight:600}
    .tally .halo{paint-order:stroke;stroke:#ffffff;stroke-width:3px;stroke-linejoin:round}
    .tally .ground{fill:#ffffff}
    .tally .ink{fill:#1f2328}
    .tally .muted{fill:#59636e}
    .tally .grid{stroke:#e3e7eb;stroke-width:1}
    .tally .axis{stroke:#818b98;stroke-width:1}
    .tally .limit{stroke:#d1242f;stroke-width:2;stroke-dasharray:4 3}
    .tally .warned{fill:#c21c2c}
    .tally .range{stroke:#0072b2;stroke-width:3;fill:none}
    .tally .end{stroke:#0072b2;stroke-width:2;fill:none}
    .tally .point{fill:#0072b2;stroke:#ffffff;stroke-width:1.5}
    .tally .hollow{fill:none;stroke:#818b98;stroke-width:1.2;stroke-dasharray:3 3}
    .tally .s0{fill:#0072b2}.tally .s1{fill:#e69f00}.tally .s2{fill:#009e73}
    .tally .s3{fill:#cc79a7}.tally .s4{fill:#56b4e9}.tally .s5{fill:#d55e00}
    @media (prefers-color-scheme:dark){
    .tally .ground{fill:#0d1117}
    .tally .ink{fill:#f0f6fc}
    .tally .muted{fill:#9198a1}
    .tally .halo{stroke:#0d1117}
    .tally .grid{stroke:#262c36}
    .tally .axis{stroke:#656c76}
    .tally .limit{stroke:#ff7b72}
    .tally .warned{fill:#ff7b72}
    .tally .range,.tally .end{stroke:#58a6ff}
    .tally .point{fill:#58a6ff;stroke:#0d1117}
    .tally .hollow{stroke:#9198a1}
    .tally .s0{fill:#3d94d6}
    }
    """
}
